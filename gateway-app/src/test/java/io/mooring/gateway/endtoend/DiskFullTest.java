package io.mooring.gateway.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.balancer.topology.ListenerSpec.Protocol;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A gateway whose log and data are on a disk of a megabyte that becomes full. */
class DiskFullTest {

    private static final String SAVES = "mooring_sessions_saves_total{kind=\"listener\",result=\"%s\",scope=\"kept\"}";

    @TempDir
    Path directory;

    private Path disk;
    private int http;
    private int tcp;

    @BeforeEach
    void mountASmallDisk() throws Exception {
        disk = Files.createDirectory(directory.resolve("disk"));
        Assumptions.assumeTrue(
                run("mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", disk.toString()) == 0,
                "a small disk can be mounted, for which one has to be root");
        http = Ports.free(Protocol.TCP);
        tcp = Ports.free(Protocol.TCP);
    }

    @AfterEach
    void unmount() throws Exception {
        run("umount", disk.toString());
    }

    @Test
    void itServesOnCountsTheLinesThatAreLostAndKeepsTheTableThatWasSavedBefore() throws Exception {
        try (HttpBackends shop = HttpBackends.start("shop", 1);
                EchoBackends echo = EchoBackends.start("echo", Protocol.TCP, 2);
                GatewayProcess gateway = GatewayProcess.start(
                        disk, http, ShopAndEcho.kept(shop, echo, tcp), "--mooring.persistence.save-interval=1s")) {
            String home = visitByTcp();
            Path table = disk.resolve("data/sessions/listener-kept.table");
            double before = gateway.metric(SAVES.formatted("saved"));
            awaitMetric(gateway, SAVES.formatted("saved"), before + 2);
            byte[] saved = Files.readAllBytes(table);

            Path filler = fill();
            awaitMetric(gateway, SAVES.formatted("failed"), 1);
            for (int i = 0; i < 50; i++) {
                assertThat(GatewayProcess.get(http, "/"))
                        .startsWith("HTTP/1.1 200 ")
                        .endsWith("shop-1");
                assertThat(visitByTcp()).isEqualTo(home);
            }
            awaitMetric(gateway, "mooring_accesslog_dropped_total", 50);
            assertThat(Files.size(table)).isEqualTo(saved.length);
            assertThat(gateway.isAlive()).isTrue();

            Files.delete(filler);
            double then = gateway.metric(SAVES.formatted("saved"));
            awaitMetric(gateway, SAVES.formatted("saved"), then + 1);
            assertThat(GatewayProcess.get(http, "/after")).startsWith("HTTP/1.1 200 ");
            Awaiting.until(() -> said(gateway, "path=/after"));
        }
    }

    private static boolean said(GatewayProcess gateway, String text) {
        try {
            return gateway.output().contains(text);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static void awaitMetric(GatewayProcess gateway, String series, double least) {
        Awaiting.until(() -> {
            try {
                return gateway.metric(series) >= least;
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        });
    }

    /** Takes all the room there is. */
    private Path fill() throws IOException {
        Path filler = disk.resolve("filler");
        byte[] block = new byte[1_024];
        try (OutputStream out = Files.newOutputStream(filler)) {
            for (int i = 0; i < 10_000; i++) {
                out.write(block);
            }
        } catch (IOException e) {
            return filler;
        }
        throw new AssertionError("the disk is not small");
    }

    private String visitByTcp() throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), tcp)) {
            socket.setSoTimeout(20_000);
            socket.getOutputStream().write("hello".getBytes(StandardCharsets.US_ASCII));
            return new String(socket.getInputStream().readNBytes(6), StandardCharsets.US_ASCII);
        }
    }

    private static int run(String... command) throws IOException, InterruptedException {
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start()
                .waitFor();
    }
}
