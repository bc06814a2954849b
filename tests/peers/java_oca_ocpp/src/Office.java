import eu.chargetime.ocpp.SOAPServer;
import eu.chargetime.ocpp.ServerEvents;
import eu.chargetime.ocpp.feature.profile.Profile;
import eu.chargetime.ocpp.feature.profile.ServerCoreProfile;
import eu.chargetime.ocpp.feature.profile.ServerFirmwareManagementProfile;
import eu.chargetime.ocpp.feature.profile.ServerLocalAuthListProfile;
import eu.chargetime.ocpp.feature.profile.ServerRemoteTriggerProfile;
import eu.chargetime.ocpp.feature.profile.ServerReservationProfile;
import eu.chargetime.ocpp.feature.profile.ServerSmartChargingProfile;
import eu.chargetime.ocpp.model.SessionInformation;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A central system as a developer would write it with Java-OCA-OCPP, on SOAP. It says where it listens in one line of JSON, and
 * ends with its standard input.
 */
public final class Office implements ServerEvents {
    final Map<String, UUID> sessions = new ConcurrentHashMap<>();
    final Map<UUID, String> identities = new ConcurrentHashMap<>();
    final OfficeHandler handler = new OfficeHandler(this);
    final List<Profile> profiles = List.of(
            new ServerCoreProfile(handler),
            new ServerFirmwareManagementProfile(handler),
            new ServerLocalAuthListProfile(),
            new ServerRemoteTriggerProfile(),
            new ServerReservationProfile(),
            new ServerSmartChargingProfile());
    final SOAPServer server = new SOAPServer((ServerCoreProfile) profiles.get(0));

    public static void main(String[] arguments) throws Exception {
        ReadableAnswers.use();
        Office office = new Office();
        office.profiles.stream().skip(1).forEach(office.server::addFeatureProfile);
        int port = freePort(); // the library does not say which port it got
        office.server.open("127.0.0.1", port, office);
        int commands = new Operator(office).listen();
        System.out.printf("{\"url\": \"http://127.0.0.1:%d\", \"commands\": %d}%n", port, commands);
        System.in.readAllBytes();
        System.exit(0);
    }

    static int freePort() throws Exception {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    @Override
    public void authenticateSession(SessionInformation information, String user, byte[] password) {}

    @Override
    public void newSession(UUID session, SessionInformation information) {
        sessions.put(information.getIdentifier(), session);
        identities.put(session, information.getIdentifier());
    }

    @Override
    public void lostSession(UUID session) {
        String identity = identities.remove(session);
        if (identity != null) {
            sessions.remove(identity, session);
        }
    }
}
