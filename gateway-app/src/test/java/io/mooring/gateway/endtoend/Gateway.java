package io.mooring.gateway.endtoend;

import io.micrometer.core.instrument.MeterRegistry;
import io.mooring.balancer.time.Ticker;
import io.mooring.balancer.topology.Fleet;
import io.mooring.balancer.topology.ListenerSpec.Protocol;
import io.mooring.gateway.MooringApplication;
import io.mooring.gateway.listeners.ListenerLifecycle;
import io.mooring.gateway.reload.LiveConfiguration;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import org.springframework.boot.SpringApplication;
import org.springframework.context.ApplicationEvent;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.support.GenericApplicationContext;

/** A running gateway, configured by the text of a file, on ports that the system chose. */
final class Gateway implements AutoCloseable {

    private final ConfigurableApplicationContext context;
    private final Path file;

    private Gateway(ConfigurableApplicationContext context, Path file) {
        this.context = context;
        this.file = file;
    }

    /** Starts a gateway; it keeps its data in the directory. */
    static Gateway start(Path directory, String yaml, String... arguments) {
        return start(Ticker.system(), directory, yaml, arguments);
    }

    /** Starts a gateway for which time passes as the ticker says. */
    static Gateway start(Ticker ticker, Path directory, String yaml, String... arguments) {
        return start(context -> context.registerBean(Ticker.class, () -> ticker), directory, yaml, arguments);
    }

    /** Starts a gateway with further beans. */
    static Gateway start(Consumer<GenericApplicationContext> beans, Path directory, String yaml, String... arguments) {
        try {
            Path file = Files.writeString(Files.createTempFile(directory, "gateway", ".yml"), yaml);
            return run(beans, directory, file, "classpath:/,file:" + file, arguments);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Starts a gateway that is configured by its arguments alone. */
    static Gateway startWithoutFile(Path directory, String... arguments) {
        return startWithoutFile(context -> {}, directory, arguments);
    }

    static Gateway startWithoutFile(Consumer<GenericApplicationContext> beans, Path directory, String... arguments) {
        Path jar = directory.resolve("defaults.jar");
        // What is on the class path is in a jar when it is installed, but a file in a build.
        try (InputStream defaults = MooringApplication.class.getResourceAsStream("/application.yml");
                JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar))) {
            out.putNextEntry(new JarEntry("application.yml"));
            defaults.transferTo(out);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return run(beans, directory, jar, "jar:" + jar.toUri() + "!/application.yml", arguments);
    }

    private static Gateway run(
            Consumer<GenericApplicationContext> beans,
            Path directory,
            Path file,
            String location,
            String... arguments) {
        List<String> all = new ArrayList<>(List.of(
                "--spring.config.location=" + location,
                // A number, by which the routes keep off it.
                "--management.server.port=" + Ports.free(Protocol.TCP),
                "--spring.main.register-shutdown-hook=false"));
        all.addAll(List.of(arguments));
        if (all.stream().noneMatch(argument -> argument.startsWith("--mooring.data-dir="))) {
            all.add("--mooring.data-dir=" + directory.resolve("data"));
        }
        if (all.stream().noneMatch(argument -> argument.startsWith("--server.port="))) {
            all.add("--server.port=0");
        }
        SpringApplication application = MooringApplication.application();
        application.addInitializers((GenericApplicationContext context) -> beans.accept(context));
        return new Gateway(application.run(all.toArray(String[]::new)), file);
    }

    int port() {
        return portOf("local.server.port");
    }

    int managementPort() {
        return portOf("local.management.port");
    }

    InetSocketAddress listener(String name) {
        return context.getBean(ListenerLifecycle.class).bound().stream()
                .filter(listener -> listener.spec().name().equals(name))
                .findFirst()
                .orElseThrow()
                .address();
    }

    Fleet fleet() {
        return context.getBean(Fleet.class);
    }

    LiveConfiguration configuration() {
        return context.getBean(LiveConfiguration.class);
    }

    /** Tells the beans of an event. */
    void publish(ApplicationEvent event) {
        context.publishEvent(event);
    }

    /** The value of a metric. */
    double metric(String name, String... tags) {
        return context.getBean(MeterRegistry.class)
                .get(name)
                .tags(tags)
                .meter()
                .measure()
                .iterator()
                .next()
                .getValue();
    }

    /** Replaces its file by another, as an editor does. */
    void write(String yaml) {
        try {
            Path draft = Files.writeString(Files.createTempFile(file.getParent(), "gateway", ".tmp"), yaml);
            Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Removes its file. */
    void delete() {
        try {
            Files.delete(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Replaces its file and has it read at once; tells whether it is in force. */
    boolean reload(String yaml) {
        write(yaml);
        return configuration().reload("a test");
    }

    /** Ends it as SIGTERM would. */
    @Override
    public void close() {
        context.close();
    }

    private int portOf(String property) {
        return context.getEnvironment().getRequiredProperty(property, Integer.class);
    }
}
