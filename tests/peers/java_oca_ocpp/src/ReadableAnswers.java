import com.sun.xml.messaging.saaj.client.p2p.HttpSOAPConnectionFactory;
import java.util.Iterator;
import javax.xml.namespace.QName;
import javax.xml.soap.Node;
import javax.xml.soap.SOAPConnection;
import javax.xml.soap.SOAPConnectionFactory;
import javax.xml.soap.SOAPException;
import javax.xml.soap.SOAPHeader;
import javax.xml.soap.SOAPMessage;

/**
 * Makes the library hear answers. It drops each one that is not addressed to the URL of its own service, and that has no
 * chargeBoxIdentity: an answer over HTTP is addressed to "anonymous", and only requests need an identity (OCPP-S 1.6, 4).
 */
public final class ReadableAnswers extends SOAPConnectionFactory {
    static String identity;
    static String service;

    @Override
    public SOAPConnection createConnection() throws SOAPException {
        SOAPConnection connection = new HttpSOAPConnectionFactory().createConnection();
        return new SOAPConnection() {
            @Override
            public SOAPMessage call(SOAPMessage request, Object to) throws SOAPException {
                SOAPMessage answer = connection.call(request, to);
                return answer == null ? null : addressed(answer);
            }

            @Override
            public void close() throws SOAPException {
                connection.close();
            }
        };
    }

    private static SOAPMessage addressed(SOAPMessage answer) throws SOAPException {
        SOAPHeader header = answer.getSOAPHeader();
        for (Iterator<Node> blocks = header.getChildElements(); blocks.hasNext(); ) {
            Node block = blocks.next();
            if ("To".equals(block.getLocalName())) {
                block.detachNode();
                break;
            }
        }
        header.addHeaderElement(new QName("http://www.w3.org/2005/08/addressing", "To", "a")).setValue(service);
        header.addHeaderElement(new QName("urn://Ocpp/Cs/2015/10/", "chargeBoxIdentity", "c")).setValue(identity);
        return answer;
    }
}
