import eu.chargetime.ocpp.feature.profile.ServerCoreEventHandler;
import eu.chargetime.ocpp.feature.profile.ServerFirmwareManagementEventHandler;
import eu.chargetime.ocpp.model.core.AuthorizationStatus;
import eu.chargetime.ocpp.model.core.AuthorizeConfirmation;
import eu.chargetime.ocpp.model.core.AuthorizeRequest;
import eu.chargetime.ocpp.model.core.BootNotificationConfirmation;
import eu.chargetime.ocpp.model.core.BootNotificationRequest;
import eu.chargetime.ocpp.model.core.DataTransferConfirmation;
import eu.chargetime.ocpp.model.core.DataTransferRequest;
import eu.chargetime.ocpp.model.core.DataTransferStatus;
import eu.chargetime.ocpp.model.core.HeartbeatConfirmation;
import eu.chargetime.ocpp.model.core.HeartbeatRequest;
import eu.chargetime.ocpp.model.core.IdTagInfo;
import eu.chargetime.ocpp.model.core.MeterValuesConfirmation;
import eu.chargetime.ocpp.model.core.MeterValuesRequest;
import eu.chargetime.ocpp.model.core.RegistrationStatus;
import eu.chargetime.ocpp.model.core.StartTransactionConfirmation;
import eu.chargetime.ocpp.model.core.StartTransactionRequest;
import eu.chargetime.ocpp.model.core.StatusNotificationConfirmation;
import eu.chargetime.ocpp.model.core.StatusNotificationRequest;
import eu.chargetime.ocpp.model.core.StopTransactionConfirmation;
import eu.chargetime.ocpp.model.core.StopTransactionRequest;
import eu.chargetime.ocpp.model.firmware.DiagnosticsStatusNotificationConfirmation;
import eu.chargetime.ocpp.model.firmware.DiagnosticsStatusNotificationRequest;
import eu.chargetime.ocpp.model.firmware.FirmwareStatusNotificationConfirmation;
import eu.chargetime.ocpp.model.firmware.FirmwareStatusNotificationRequest;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** What the central system answers. */
final class OfficeHandler implements ServerCoreEventHandler, ServerFirmwareManagementEventHandler {
    private static final Map<String, AuthorizationStatus> REFUSED = Map.of(
            "EC0000B1", AuthorizationStatus.Blocked,
            "EC0000E1", AuthorizationStatus.Expired,
            "EC0000FF", AuthorizationStatus.Invalid);

    private final Office office;
    private final AtomicInteger transactions = new AtomicInteger();
    /** Identity to the registration status that the operator set. */
    final Map<String, RegistrationStatus> stated = new ConcurrentHashMap<>();

    OfficeHandler(Office office) {
        this.office = office;
    }

    /** With the plain zone of this machine the library would write {@code …Z[Etc/UTC]}, which is no xs:dateTime. */
    private static ZonedDateTime now() {
        return ZonedDateTime.now(ZoneOffset.UTC);
    }

    private static IdTagInfo info(String idTag) {
        return new IdTagInfo(REFUSED.getOrDefault(idTag, AuthorizationStatus.Accepted));
    }

    @Override
    public AuthorizeConfirmation handleAuthorizeRequest(UUID session, AuthorizeRequest request) {
        return new AuthorizeConfirmation(info(request.getIdTag()));
    }

    @Override
    public BootNotificationConfirmation handleBootNotificationRequest(UUID session, BootNotificationRequest request) {
        String identity = office.identities.getOrDefault(session, "");
        return new BootNotificationConfirmation(now(), 300, stated.getOrDefault(identity, RegistrationStatus.Accepted));
    }

    @Override
    public DataTransferConfirmation handleDataTransferRequest(UUID session, DataTransferRequest request) {
        return new DataTransferConfirmation(DataTransferStatus.UnknownVendorId);
    }

    @Override
    public HeartbeatConfirmation handleHeartbeatRequest(UUID session, HeartbeatRequest request) {
        return new HeartbeatConfirmation(now());
    }

    @Override
    public MeterValuesConfirmation handleMeterValuesRequest(UUID session, MeterValuesRequest request) {
        return new MeterValuesConfirmation();
    }

    @Override
    public StartTransactionConfirmation handleStartTransactionRequest(UUID session, StartTransactionRequest request) {
        return new StartTransactionConfirmation(info(request.getIdTag()), transactions.incrementAndGet());
    }

    @Override
    public StatusNotificationConfirmation handleStatusNotificationRequest(UUID session, StatusNotificationRequest request) {
        return new StatusNotificationConfirmation();
    }

    @Override
    public StopTransactionConfirmation handleStopTransactionRequest(UUID session, StopTransactionRequest request) {
        return new StopTransactionConfirmation();
    }

    @Override
    public DiagnosticsStatusNotificationConfirmation handleDiagnosticsStatusNotificationRequest(
            UUID session, DiagnosticsStatusNotificationRequest request) {
        return new DiagnosticsStatusNotificationConfirmation();
    }

    @Override
    public FirmwareStatusNotificationConfirmation handleFirmwareStatusNotificationRequest(
            UUID session, FirmwareStatusNotificationRequest request) {
        return new FirmwareStatusNotificationConfirmation();
    }
}
