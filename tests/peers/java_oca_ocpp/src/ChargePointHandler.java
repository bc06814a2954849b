import eu.chargetime.ocpp.feature.profile.ClientCoreEventHandler;
import eu.chargetime.ocpp.feature.profile.ClientRemoteTriggerEventHandler;
import eu.chargetime.ocpp.model.core.AvailabilityStatus;
import eu.chargetime.ocpp.model.core.ChangeAvailabilityConfirmation;
import eu.chargetime.ocpp.model.core.ChangeAvailabilityRequest;
import eu.chargetime.ocpp.model.core.ChangeConfigurationConfirmation;
import eu.chargetime.ocpp.model.core.ChangeConfigurationRequest;
import eu.chargetime.ocpp.model.core.ClearCacheConfirmation;
import eu.chargetime.ocpp.model.core.ClearCacheRequest;
import eu.chargetime.ocpp.model.core.ConfigurationStatus;
import eu.chargetime.ocpp.model.core.DataTransferConfirmation;
import eu.chargetime.ocpp.model.core.DataTransferRequest;
import eu.chargetime.ocpp.model.core.GetConfigurationConfirmation;
import eu.chargetime.ocpp.model.core.GetConfigurationRequest;
import eu.chargetime.ocpp.model.core.KeyValueType;
import eu.chargetime.ocpp.model.core.RemoteStartTransactionConfirmation;
import eu.chargetime.ocpp.model.core.RemoteStartTransactionRequest;
import eu.chargetime.ocpp.model.core.RemoteStopTransactionConfirmation;
import eu.chargetime.ocpp.model.core.RemoteStopTransactionRequest;
import eu.chargetime.ocpp.model.core.ResetConfirmation;
import eu.chargetime.ocpp.model.core.ResetRequest;
import eu.chargetime.ocpp.model.core.ResetStatus;
import eu.chargetime.ocpp.model.core.UnlockConnectorConfirmation;
import eu.chargetime.ocpp.model.core.UnlockConnectorRequest;
import eu.chargetime.ocpp.model.remotetrigger.TriggerMessageConfirmation;
import eu.chargetime.ocpp.model.remotetrigger.TriggerMessageRequest;
import eu.chargetime.ocpp.model.remotetrigger.TriggerMessageStatus;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** What the charge point answers; null means that it does not support the message. */
final class ChargePointHandler implements ClientCoreEventHandler, ClientRemoteTriggerEventHandler {
    private static final String INTERVAL = "HeartbeatInterval";

    private final ChargePoint chargePoint;

    ChargePointHandler(ChargePoint chargePoint) {
        this.chargePoint = chargePoint;
    }

    @Override
    public GetConfigurationConfirmation handleGetConfigurationRequest(GetConfigurationRequest request) {
        Map<String, String> known = new LinkedHashMap<>();
        known.put(INTERVAL, String.valueOf(chargePoint.interval));
        known.put("NumberOfConnectors", String.valueOf(ChargePoint.CONNECTORS));
        boolean all = request.getKey() == null || request.getKey().length == 0;
        List<KeyValueType> found = new ArrayList<>();
        List<String> unknown = new ArrayList<>();
        for (String key : all ? known.keySet().toArray(new String[0]) : request.getKey()) {
            if (known.containsKey(key)) {
                KeyValueType item = new KeyValueType(key, !key.equals(INTERVAL));
                item.setValue(known.get(key));
                found.add(item);
            } else {
                unknown.add(key);
            }
        }
        GetConfigurationConfirmation answer = new GetConfigurationConfirmation();
        answer.setConfigurationKey(found.toArray(new KeyValueType[0]));
        answer.setUnknownKey(unknown.toArray(new String[0]));
        return answer;
    }

    @Override
    public ChangeConfigurationConfirmation handleChangeConfigurationRequest(ChangeConfigurationRequest request) {
        if (!request.getKey().equals(INTERVAL)) {
            return new ChangeConfigurationConfirmation(ConfigurationStatus.NotSupported);
        }
        try {
            chargePoint.interval = Integer.parseInt(request.getValue());
        } catch (NumberFormatException odd) {
            return new ChangeConfigurationConfirmation(ConfigurationStatus.Rejected);
        }
        return new ChangeConfigurationConfirmation(ConfigurationStatus.Accepted);
    }

    @Override
    public ChangeAvailabilityConfirmation handleChangeAvailabilityRequest(ChangeAvailabilityRequest request) {
        return new ChangeAvailabilityConfirmation(AvailabilityStatus.Rejected);
    }

    @Override
    public ResetConfirmation handleResetRequest(ResetRequest request) {
        chargePoint.afterwards(chargePoint::reboot);
        return new ResetConfirmation(ResetStatus.Accepted);
    }

    @Override
    public TriggerMessageConfirmation handleTriggerMessageRequest(TriggerMessageRequest request) {
        Integer connector = request.getConnectorId();
        switch (request.getRequestedMessage()) {
            case BootNotification:
                chargePoint.afterwards(chargePoint::register);
                break;
            case Heartbeat:
                chargePoint.afterwards(chargePoint::heartbeat);
                break;
            case StatusNotification:
                chargePoint.afterwards(() -> IntStream.rangeClosed(0, ChargePoint.CONNECTORS)
                        .filter(each -> connector == null || connector == each)
                        .forEach(chargePoint::status));
                break;
            default:
                return new TriggerMessageConfirmation(TriggerMessageStatus.NotImplemented);
        }
        return new TriggerMessageConfirmation(TriggerMessageStatus.Accepted);
    }

    @Override
    public ClearCacheConfirmation handleClearCacheRequest(ClearCacheRequest request) {
        return null;
    }

    @Override
    public DataTransferConfirmation handleDataTransferRequest(DataTransferRequest request) {
        return null;
    }

    @Override
    public RemoteStartTransactionConfirmation handleRemoteStartTransactionRequest(RemoteStartTransactionRequest request) {
        return null;
    }

    @Override
    public RemoteStopTransactionConfirmation handleRemoteStopTransactionRequest(RemoteStopTransactionRequest request) {
        return null;
    }

    @Override
    public UnlockConnectorConfirmation handleUnlockConnectorRequest(UnlockConnectorRequest request) {
        return null;
    }
}
