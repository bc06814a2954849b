import com.google.gson.JsonParser;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import eu.chargetime.ocpp.JSONCommunicator;
import eu.chargetime.ocpp.feature.Feature;
import eu.chargetime.ocpp.model.Request;
import eu.chargetime.ocpp.model.core.RegistrationStatus;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Executors;

/**
 * The operator's commands over HTTP: {@code POST /stations/<identity>/<message>} with the payload, {@code PUT
 * /stations/<identity>} with a status.
 */
final class Operator {
    private final Office office;
    private final Map<String, Class<? extends Request>> messages = new HashMap<>();
    private final JSONCommunicator json = new JSONCommunicator(null);

    Operator(Office office) {
        this.office = office;
        office.profiles.stream()
                .flatMap(profile -> Arrays.stream(profile.getFeatureList()))
                .forEach((Feature feature) -> messages.put(feature.getAction(), feature.getRequestType()));
    }

    /** The port. */
    int listen() throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/stations/", this::command);
        server.setExecutor(Executors.newCachedThreadPool());
        server.start();
        return server.getAddress().getPort();
    }

    private void command(HttpExchange exchange) throws IOException {
        String[] path = exchange.getRequestURI().getPath().split("/");
        String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
        String outcome = exchange.getRequestMethod().equals("PUT") ? registers(path[2], body) : sends(path[2], path[3], body);
        byte[] answer = ("{\"outcome\": \"" + outcome + "\"}").getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(200, answer.length);
        exchange.getResponseBody().write(answer);
        exchange.close();
    }

    private String registers(String identity, String body) {
        String status = JsonParser.parseString(body).getAsJsonObject().get("status").getAsString();
        office.handler.stated.put(identity, RegistrationStatus.valueOf(status));
        return "set";
    }

    private String sends(String identity, String message, String body) {
        UUID session = office.sessions.get(identity);
        if (session == null) {
            return "not connected";
        }
        try {
            office.server.send(session, json.unpackPayload(body, messages.get(message)));
            return "asked";
        } catch (Exception failed) {
            failed.printStackTrace();
            return failed.getClass().getSimpleName();
        }
    }
}
