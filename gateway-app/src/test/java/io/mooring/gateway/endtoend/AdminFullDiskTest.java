package io.mooring.gateway.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.mooring.balancer.session.Outcome;
import io.mooring.gateway.reload.ChangesFile;
import io.mooring.gateway.revocation.RevocationKeeper;
import java.io.IOException;
import java.io.OutputStream;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A data directory on a file system that is full: a tmpfs of 64 KiB, which takes the right to mount one. */
class AdminFullDiskTest {

    private static final String SHOP_1 = "/upstreams/shop/backends/shop-1";
    private static final String REVOKE = "/scopes/upstream/shop/revocations";

    @TempDir
    Path directory;

    private Path disk;

    @BeforeEach
    void mount() throws Exception {
        disk = Files.createDirectory(directory.resolve("disk"));
        assumeThat(run("mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", disk.toString()))
                .as("a file system can be mounted: this needs root")
                .isTrue();
    }

    @AfterEach
    void unmount() throws Exception {
        run("umount", disk.toString());
    }

    @Test
    void aChangeThatCannotBeKeptIsRefusedAndNothingIsLost() throws Exception {
        Path data = disk.resolve("data");
        try (HttpBackends shop = HttpBackends.start("shop", 2);
                Gateway gateway = Gateway.start(directory, yaml(shop), "--mooring.data-dir=" + data)) {
            AdminClient admin = new AdminClient(gateway.managementPort());
            assertThat(admin.patch(SHOP_1, "{\"weight\": 3}").statusCode()).isEqualTo(200);
            assertThat(admin.post(REVOKE, "{\"all\": true}").statusCode()).isEqualTo(200);
            String changes = Files.readString(data.resolve(ChangesFile.NAME));
            String revocations = Files.readString(data.resolve(RevocationKeeper.NAME));
            String cookie;
            try (HttpConnection client = new HttpConnection(gateway.port())) {
                cookie = client.get("/").cookie();
            }

            fill();
            assertRefused(admin.patch(SHOP_1, "{\"weight\": 4}"));
            assertRefused(admin.put("/upstreams/shop/backends/b", "{\"address\": \"127.0.0.1:1\"}"));
            assertRefused(admin.post(REVOKE, "{\"all\": true}"));
            assertRefused(admin.post(REVOKE, "{\"client\": \"127.0.0.1\"}"));

            assertThat(admin.get(SHOP_1).at("/weight").asInt()).isEqualTo(3);
            assertThat(admin.get("/upstreams/shop/backends").at("/backends").size())
                    .isEqualTo(2);
            assertThat(Files.readString(data.resolve(ChangesFile.NAME))).isEqualTo(changes);
            assertThat(Files.readString(data.resolve(RevocationKeeper.NAME))).isEqualTo(revocations);
            try (HttpConnection client = new HttpConnection(gateway.port())) {
                assertThat(client.get("/", "Cookie: " + cookie).status()).isEqualTo(200);
            }
            assertThat(gateway.fleet().upstreamScope("shop").orElseThrow().outcomes(Outcome.REVOKED))
                    .isZero();

            Files.delete(disk.resolve("filler"));
            assertThat(admin.patch(SHOP_1, "{\"weight\": 4}").statusCode()).isEqualTo(200);
            assertThat(leftovers(data)).isEmpty();
        }
    }

    private static void assertRefused(HttpResponse<String> response) {
        assertThat(response.statusCode()).as(response.body()).isEqualTo(507);
        assertThat(response.headers().firstValue("content-type")).contains("application/problem+json");
    }

    private void fill() throws IOException {
        try (OutputStream filler = Files.newOutputStream(disk.resolve("filler"))) {
            while (true) {
                filler.write(new byte[512]);
            }
        } catch (IOException full) {
            assertThat(full).hasMessageContaining("No space left");
        }
    }

    private static List<Path> leftovers(Path data) throws IOException {
        try (var files = Files.list(data)) {
            return files.filter(file -> file.toString().endsWith(".draft")).toList();
        }
    }

    private static boolean run(String... command) throws Exception {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        return process.waitFor(20, TimeUnit.SECONDS) && process.exitValue() == 0;
    }

    private static String yaml(HttpBackends shop) {
        return """
                mooring.upstreams.shop: { persistence: { type: cookie }, backends: %s }
                spring.cloud.gateway.server.webflux.routes:
                  - { id: shop, uri: "lb://shop", predicates: [ "Path=/**" ] }
                """.formatted(shop.yaml());
    }
}
