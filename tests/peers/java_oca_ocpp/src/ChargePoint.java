import eu.chargetime.ocpp.ClientEvents;
import eu.chargetime.ocpp.SOAPClient;
import eu.chargetime.ocpp.feature.profile.ClientCoreProfile;
import eu.chargetime.ocpp.feature.profile.ClientRemoteTriggerProfile;
import eu.chargetime.ocpp.model.Confirmation;
import eu.chargetime.ocpp.model.Request;
import eu.chargetime.ocpp.model.core.BootNotificationConfirmation;
import eu.chargetime.ocpp.model.core.ChargePointErrorCode;
import eu.chargetime.ocpp.model.core.ChargePointStatus;
import eu.chargetime.ocpp.model.core.HeartbeatConfirmation;
import eu.chargetime.ocpp.model.core.RegistrationStatus;
import eu.chargetime.ocpp.model.core.StatusNotificationRequest;
import java.net.URL;
import java.time.Duration;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.Optional;
import java.util.Scanner;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * A charge point as a developer would write it with Java-OCA-OCPP, on SOAP. Arguments: the central system's URL, identity, the URL
 * of its own service.
 *
 * <p>It says when it is up, reads {@code cut} and {@code restore} (its network) from standard input, says when it is done, and
 * ends with it.
 */
public final class ChargePoint implements ClientEvents {
    static final int CONNECTORS = 1;
    /** Seconds between boots where the central system leaves the interval to us, and after a request that came to nothing. */
    private static final int OWN_RETRY = 3;
    private static final int ANSWERED_WITHIN = 3;

    private final String url;
    private final ClientCoreProfile core;
    private final SOAPClient client;
    private final ExecutorService afterwards = Executors.newSingleThreadExecutor();
    volatile int interval = 300;
    private volatile Duration ahead = Duration.ZERO;
    private volatile Thread life;
    private volatile boolean network;

    ChargePoint(String url, String identity, String service) throws Exception {
        this.url = url;
        ChargePointHandler handler = new ChargePointHandler(this);
        core = new ClientCoreProfile(handler);
        client = new SOAPClient(identity, new URL(service), core);
        client.addFeatureProfile(new ClientRemoteTriggerProfile(handler));
    }

    public static void main(String[] arguments) throws Exception {
        ReadableAnswers.use();
        ChargePoint chargePoint = new ChargePoint(arguments[0], arguments[1], arguments[2]);
        chargePoint.restore();
        System.out.println("up");
        Scanner commands = new Scanner(System.in);
        while (commands.hasNextLine()) {
            if (commands.nextLine().equals("cut")) {
                chargePoint.cut();
            } else {
                chargePoint.restore();
            }
            System.out.println("done");
        }
        System.exit(0);
    }

    void cut() {
        network = false;
        life.interrupt();
        client.disconnect();
    }

    void restore() {
        network = true;
        client.connect(url, this);
        life = new Thread(this::live);
        life.start();
    }

    @Override
    public void connectionOpened() {}

    /** The library gives up for good after one request that had no SOAP answer. */
    @Override
    public void connectionClosed() {
        if (network) {
            afterwards(() -> client.connect(url, this));
        }
    }

    /** Runs once the answer that is being made is out. */
    void afterwards(Runnable work) {
        afterwards.submit(() -> {
            pause(0.2);
            work.run();
        });
    }

    void reboot() {
        cut();
        restore();
    }

    private void live() {
        register();
        long latest = System.nanoTime();
        while (pause(interval - (System.nanoTime() - latest) / 1e9)) {
            latest = System.nanoTime();
            heartbeat();
        }
    }

    void register() {
        BootNotificationConfirmation answer = boot();
        while (answer == null || answer.getStatus() != RegistrationStatus.Accepted) {
            if (!pause(answer == null || answer.getInterval() == 0 ? OWN_RETRY : answer.getInterval())) {
                return;
            }
            answer = boot();
        }
        interval = answer.getInterval() == 0 ? interval : answer.getInterval();
        for (int connector = 0; connector <= CONNECTORS; connector++) {
            status(connector);
        }
    }

    private BootNotificationConfirmation boot() {
        BootNotificationConfirmation answer =
                (BootNotificationConfirmation) ask(core.createBootNotificationRequest("Peer", "Java-OCA-OCPP"));
        Optional.ofNullable(answer).map(BootNotificationConfirmation::getCurrentTime).ifPresent(this::setClock);
        return answer;
    }

    void heartbeat() {
        HeartbeatConfirmation answer = (HeartbeatConfirmation) ask(core.createHeartbeatRequest());
        Optional.ofNullable(answer).map(HeartbeatConfirmation::getCurrentTime).ifPresent(this::setClock);
    }

    void status(int connector) {
        StatusNotificationRequest request = core.createStatusNotificationRequest(
                connector, ChargePointErrorCode.NoError, ChargePointStatus.Available);
        request.setTimestamp(ZonedDateTime.now(ZoneOffset.UTC).plus(ahead));
        ask(request);
    }

    private void setClock(ZonedDateTime given) {
        ahead = Duration.between(ZonedDateTime.now(ZoneOffset.UTC), given);
    }

    /** The answer, or null for none and for a fault. */
    private Confirmation ask(Request request) {
        try {
            return client.send(request).toCompletableFuture().get(ANSWERED_WITHIN, TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException failed) {
            System.err.println(request + ": " + failed);
            return null;
        } catch (InterruptedException cut) {
            Thread.currentThread().interrupt();
            return null;
        } catch (Exception refused) {
            throw new IllegalStateException(refused);
        }
    }

    /** Whether the time passed without a cut of the network. */
    private static boolean pause(double seconds) {
        try {
            Thread.sleep(Math.max(0, (long) (seconds * 1000)));
            return true;
        } catch (InterruptedException cut) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
