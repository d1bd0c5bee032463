package io.mooring.l4.tls;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ClientHelloTest {

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    void theNameThatTheJdkAsksForIsRead(String version) throws Exception {
        assertThat(read(hello(version, "DB.example.org")))
                .isEqualTo(new ClientHello(ClientHello.Kind.HELLO, "db.example.org"));
    }

    @Test
    void aHelloWithoutANameIsAHello() throws Exception {
        assertThat(read(hello("TLSv1.3", null))).isEqualTo(new ClientHello(ClientHello.Kind.HELLO, null));
    }

    @Test
    void everyBeginningOfAHelloIsIncomplete() throws Exception {
        byte[] hello = hello("TLSv1.3", "db.example.org");
        for (int length = 0; length < hello.length; length++) {
            assertThat(read(Arrays.copyOf(hello, length)))
                    .as("%d bytes", length)
                    .isEqualTo(ClientHello.INCOMPLETE);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 7, 100})
    void aHelloMayBeSpreadOverRecords(int fragment) throws Exception {
        byte[] spread = spread(hello("TLSv1.3", "db.example.org"), fragment);

        assertThat(read(spread).serverName()).isEqualTo("db.example.org");
        for (int length = 0; length < spread.length; length++) {
            assertThat(read(Arrays.copyOf(spread, length)).kind())
                    .as("%d bytes", length)
                    .isEqualTo(ClientHello.Kind.INCOMPLETE);
        }
    }

    @Test
    void whatComesBehindAHelloIsNotLookedAt() throws Exception {
        byte[] hello = hello("TLSv1.3", "db.example.org");
        byte[] more = Arrays.copyOf(hello, hello.length + 1000);

        assertThat(read(more).serverName()).isEqualTo("db.example.org");
    }

    @Test
    void theBufferIsLeftAsItIs() throws Exception {
        ByteBuf bytes = Unpooled.wrappedBuffer(hello("TLSv1.3", "db.example.org"));
        int readable = bytes.readableBytes();

        ClientHello.read(bytes);

        assertThat(bytes.readerIndex()).isZero();
        assertThat(bytes.readableBytes()).isEqualTo(readable);
    }

    @ParameterizedTest
    @MethodSource("others")
    void whatIsNoHelloIsSeenAtOnce(byte[] bytes) {
        assertThat(read(bytes)).isEqualTo(ClientHello.OTHER);
    }

    static Stream<byte[]> others() {
        return Stream.of(
                "GET / HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.US_ASCII),
                "SSH-2.0-x\r\n".getBytes(StandardCharsets.US_ASCII),
                new byte[] {0},
                new byte[] {22, 2},
                // An empty record, one that is too long, an alert, another handshake message, SSL 2.
                new byte[] {22, 3, 1, 0, 0},
                new byte[] {22, 3, 1, 0x40, 1},
                new byte[] {21, 3, 1, 0, 2, 1, 0},
                new byte[] {22, 3, 1, 0, 4, 2, 0, 0, 0},
                new byte[] {(byte) 0x80, 46, 1, 3, 1});
    }

    @Test
    void aHelloThatIsTooLongIsNotWaitedFor() {
        ByteBuf endless = Unpooled.buffer();
        endless.writeBytes(new byte[] {22, 3, 1, 0x40, 0, 1, 0x0f, (byte) 0xff, (byte) 0xff});
        endless.writeZero(ClientHello.MAX_BYTES - endless.readableBytes() - 1);
        assertThat(ClientHello.read(endless)).isEqualTo(ClientHello.INCOMPLETE);

        endless.writeZero(1);
        assertThat(ClientHello.read(endless)).isEqualTo(ClientHello.OTHER);
    }

    @Test
    void noBytesAreTooMuchForIt() throws Exception {
        Random random = new Random(4);
        byte[] hello = hello("TLSv1.3", "db.example.org");
        for (int round = 0; round < 20_000; round++) {
            byte[] changed = hello.clone();
            for (int i = 0; i <= round % 4; i++) {
                changed[random.nextInt(changed.length)] = (byte) random.nextInt();
            }
            String name = read(changed).serverName();
            assertThat(name == null || name.matches("[a-z0-9_.-]{1,255}")).isTrue();
        }
    }

    @Test
    void aNameThatIsNoneIsNotTaken() throws Exception {
        byte[] hello = hello("TLSv1.3", "db.example.org");
        String text = new String(hello, StandardCharsets.ISO_8859_1);
        for (String other : List.of("db\u0000example.org", "db example.org", "db\nexample.org", "db\"example.org")) {
            byte[] changed = text.replace("db.example.org", other).getBytes(StandardCharsets.ISO_8859_1);
            assertThat(read(changed)).isEqualTo(new ClientHello(ClientHello.Kind.HELLO, null));
        }
        byte[] dotted = text.replace("db.example.org", "dbexample.org.").getBytes(StandardCharsets.ISO_8859_1);
        assertThat(read(dotted).serverName()).isEqualTo("dbexample.org");
    }

    private static ClientHello read(byte[] bytes) {
        return ClientHello.read(Unpooled.wrappedBuffer(bytes));
    }

    /** The first flight of the JDK's own client. */
    private static byte[] hello(String version, String name) throws Exception {
        SSLEngine engine = SSLContext.getDefault().createSSLEngine();
        engine.setUseClientMode(true);
        SSLParameters parameters = engine.getSSLParameters();
        parameters.setProtocols(new String[] {version});
        if (name != null) {
            parameters.setServerNames(List.of(new SNIHostName(name)));
        }
        engine.setSSLParameters(parameters);
        ByteBuffer out = ByteBuffer.allocate(engine.getSession().getPacketBufferSize());
        engine.wrap(ByteBuffer.allocate(0), out);
        return Arrays.copyOf(out.array(), out.position());
    }

    private static byte[] spread(byte[] record, int fragment) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (int at = 5; at < record.length; at += fragment) {
            int length = Math.min(fragment, record.length - at);
            out.writeBytes(new byte[] {22, 3, 1, 0, (byte) length});
            out.write(record, at, length);
        }
        return out.toByteArray();
    }
}
