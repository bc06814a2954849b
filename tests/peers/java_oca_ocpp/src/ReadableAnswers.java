import com.sun.xml.messaging.saaj.client.p2p.HttpSOAPConnectionFactory;
import javax.xml.namespace.QName;
import javax.xml.soap.SOAPConnection;
import javax.xml.soap.SOAPConnectionFactory;
import javax.xml.soap.SOAPException;
import javax.xml.soap.SOAPHeader;
import javax.xml.soap.SOAPMessage;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

/**
 * Makes the library hear answers. It drops each one whose To is not the URL of its own service, and that has no
 * chargeBoxIdentity; but what comes in an HTTP response is for "anonymous" (WS-Addressing 1.0, 3.4), and only requests need an
 * identity (OCPP-S 1.6, 3.3).
 */
public final class ReadableAnswers extends SOAPConnectionFactory {
    static void use() {
        System.setProperty("javax.xml.soap.SOAPConnectionFactory", ReadableAnswers.class.getName());
    }

    @Override
    public SOAPConnection createConnection() throws SOAPException {
        SOAPConnection connection = new HttpSOAPConnectionFactory().createConnection();
        return new SOAPConnection() {
            @Override
            public SOAPMessage call(SOAPMessage request, Object to) throws SOAPException {
                SOAPMessage answer = connection.call(request, to);
                return answer == null ? null : readable(answer, request.getSOAPHeader());
            }

            @Override
            public void close() throws SOAPException {
                connection.close();
            }
        };
    }

    private static SOAPMessage readable(SOAPMessage answer, SOAPHeader asked) throws SOAPException {
        SOAPHeader header = answer.getSOAPHeader();
        Element to = first(header, "To");
        if (to != null) {
            header.removeChild(to);
        }
        header.addHeaderElement(new QName("http://www.w3.org/2005/08/addressing", "To", "a"))
                .setValue(first(asked, "From").getTextContent());
        header.addHeaderElement(new QName("urn://Ocpp/Cs/2015/10/", "chargeBoxIdentity", "c"))
                .setValue(first(asked, "chargeBoxIdentity").getTextContent());
        return answer;
    }

    private static Element first(SOAPHeader header, String name) {
        NodeList found = header.getElementsByTagNameNS("*", name);
        return (Element) found.item(0);
    }
}
