package io.mooring.gateway.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Version;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** HTTPS and HTTP/2 by Spring Boot's own keys. */
class TlsTest {

    private static final String PASSWORD = "changeit";

    @TempDir
    Path directory;

    @ParameterizedTest
    @EnumSource(Version.class)
    void aClientOverTlsIsKeptByASecureCookie(Version version) throws Exception {
        Path keys = makeKeyStore();
        try (HttpBackends backends = HttpBackends.start("shop", 3);
                Gateway gateway = Gateway.start(directory, yaml(backends, keys))) {
            HttpClient client = HttpClient.newBuilder()
                    .sslContext(trusting(keys))
                    .version(version)
                    .build();

            HttpResponse<String> first = get(client, gateway, "");
            assertThat(first.version()).isEqualTo(version);
            String setCookie = first.headers().firstValue("set-cookie").orElseThrow();
            assertThat(setCookie).startsWith("mooring-shop=").contains("; Secure", "; HttpOnly", "; SameSite=None");

            for (int i = 0; i < 10; i++) {
                HttpResponse<String> next = get(client, gateway, setCookie.split(";", -1)[0]);
                assertThat(next.body()).isEqualTo(first.body());
            }
        }
    }

    @Test
    void withoutTlsTheCookieIsNotSecureAndSoNotSentAcrossSites() throws IOException {
        try (HttpBackends backends = HttpBackends.start("shop", 3);
                Gateway gateway = Gateway.start(directory, shop(backends));
                HttpConnection connection = new HttpConnection(gateway.port())) {
            assertThat(connection.get("/").header("set-cookie").orElseThrow())
                    .contains("; HttpOnly")
                    .doesNotContain("Secure")
                    .doesNotContain("SameSite=None");
        }
    }

    private static HttpResponse<String> get(HttpClient client, Gateway gateway, String cookie)
            throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("https://localhost:" + gateway.port() + "/"));
        if (!cookie.isEmpty()) {
            request.header("Cookie", cookie);
        }
        return client.send(request.build(), BodyHandlers.ofString());
    }

    private Path makeKeyStore() throws IOException, InterruptedException {
        Path file = directory.resolve("edge.p12");
        Process keytool = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-alias",
                        "edge",
                        "-keyalg",
                        "EC",
                        "-dname",
                        "CN=localhost",
                        "-ext",
                        "san=dns:localhost",
                        "-storetype",
                        "PKCS12",
                        "-storepass",
                        PASSWORD,
                        "-keystore",
                        file.toString())
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("keytool.log").toFile())
                .start();
        assertThat(keytool.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(keytool.exitValue())
                .as(Files.readString(directory.resolve("keytool.log")))
                .isZero();
        return file;
    }

    private static SSLContext trusting(Path keys) throws GeneralSecurityException, IOException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(keys)) {
            store.load(in, PASSWORD.toCharArray());
        }
        KeyStore trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, null);
        trusted.setCertificateEntry("edge", store.getCertificate("edge"));
        TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(trusted);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, factory.getTrustManagers(), null);
        return context;
    }

    private static String shop(HttpBackends backends) {
        return """
                mooring:
                  upstreams:
                    shop:
                      persistence: { type: cookie, cookie: { same-site: none } }
                      backends: %s
                spring.cloud.gateway.server.webflux.routes:
                  - { id: shop, uri: "lb://shop", predicates: [ "Path=/**" ] }
                """.formatted(backends.yaml());
    }

    private static String yaml(HttpBackends backends, Path keys) {
        return shop(backends) + """
                server:
                  ssl: { bundle: edge }
                  http2: { enabled: true }
                spring.ssl.bundle.jks.edge.keystore: { location: "file:%s", password: %s, type: PKCS12 }
                """.formatted(keys, PASSWORD);
    }
}
