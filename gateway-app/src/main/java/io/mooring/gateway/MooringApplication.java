package io.mooring.gateway;

import io.mooring.config.ConfigurationCheck;
import io.mooring.config.GatewaySettings;
import io.mooring.config.Inspection;
import io.mooring.gateway.accesslog.StandardOutput;
import io.mooring.gateway.cli.Arguments;
import io.mooring.gateway.cli.Command;
import io.mooring.gateway.cli.UsageException;
import io.mooring.gateway.demo.DemoBackends;
import io.mooring.gateway.demo.DemoInstructions;
import io.mooring.gateway.rehearsal.Rehearsal;
import io.mooring.gateway.reload.StartedChanges;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Import;
import org.springframework.context.event.ContextClosedEvent;

/** The program: reads the command line and does what it says. */
// Nothing is found by scanning: what belongs to the management port must not come to be on the others.
@SpringBootConfiguration(proxyBeanMethods = false)
@EnableAutoConfiguration
@Import(GatewayAssembly.class)
public class MooringApplication {

    private static final Logger LOG = LoggerFactory.getLogger(MooringApplication.class);

    /** As long as it takes a small machine to compile what serves a request. */
    private static final Duration REHEARSAL = Duration.ofSeconds(5);

    /** Exits with 1 when a configuration is not valid, and with 2 when the command line is not. */
    public static void main(String[] args) {
        refuseRenegotiation();
        try {
            perform(Command.parse(args));
        } catch (UsageException e) {
            System.err.println("mooring: " + e.getMessage());
            System.err.print(Command.USAGE);
            System.exit(2);
        }
    }

    /**
     * The gateway as a Spring application: the configuration is checked before anything else is
     * made, and then available as {@link GatewaySettings}.
     */
    public static SpringApplication application() {
        SpringApplication application = new SpringApplication(MooringApplication.class);
        application.setMainApplicationClass(MooringApplication.class);
        application.addListeners(new ReadyBeans());
        application.addInitializers(MooringApplication::check);
        return application;
    }

    /** A client of TLS 1.2 could have handshakes made for nothing on one connection. Before the JDK looks at it. */
    private static void refuseRenegotiation() {
        String property = "jdk.tls.rejectClientInitiatedRenegotiation";
        if (System.getProperty(property) == null) {
            System.setProperty(property, "true");
        }
    }

    private static void perform(Command command) {
        if (command instanceof Command.Run run) {
            run(run.config()
                    .map(file -> Arguments.withFile(file, run.arguments()))
                    .orElse(run.arguments()));
        } else if (command instanceof Command.Demo demo) {
            demo(demo.arguments());
        } else if (command instanceof Command.Rehearse) {
            rehearse();
        } else if (command instanceof Command.Check check) {
            System.exit(new CheckReport(check.file()).print(System.out, System.err));
        } else if (command instanceof Command.Version) {
            System.out.println("mooring " + version());
        } else {
            System.out.print(Command.USAGE);
        }
    }

    private static String version() {
        String version = MooringApplication.class.getPackage().getImplementationVersion();
        return version == null ? "of this source tree" : version;
    }

    /** What probes call themselves. */
    static String proberName() {
        String version = MooringApplication.class.getPackage().getImplementationVersion();
        return version == null ? "mooring-health" : "mooring-health/" + version;
    }

    private static ConfigurableApplicationContext run(List<String> arguments) {
        StandardOutput.install();
        return application().run(arguments.toArray(String[]::new));
    }

    private static void demo(List<String> arguments) {
        ConfigurableApplicationContext gateway = runWithBackends(arguments);
        int port = gateway.getEnvironment().getRequiredProperty("local.server.port", Integer.class);
        System.out.print(
                DemoInstructions.of(gateway.getBean(GatewaySettings.class).topology(), port));
    }

    /** Starts the demo and its backends, which stop when it does. */
    static ConfigurableApplicationContext runWithBackends(List<String> arguments) {
        ConfigurableApplicationContext gateway = run(Arguments.withDemo(arguments));
        try {
            DemoBackends backends =
                    DemoBackends.start(gateway.getBean(GatewaySettings.class).topology());
            gateway.addApplicationListener((ContextClosedEvent event) -> backends.close());
        } catch (RuntimeException e) {
            System.err.println("mooring: the demo's backends cannot be started: " + e.getMessage());
            System.exit(SpringApplication.exit(gateway, () -> 1));
        }
        return gateway;
    }

    private static void rehearse() {
        try {
            Rehearsal.perform(MooringApplication::runWithBackends, REHEARSAL);
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException("the rehearsal was cut short", e);
        }
    }

    private static void check(ConfigurableApplicationContext context) {
        Inspection inspection = ConfigurationCheck.inspect(context.getEnvironment());
        GatewaySettings settings = inspection.orThrow();
        inspection.warnings().forEach(warning -> LOG.warn("{}", warning));
        StartedChanges changes = StartedChanges.over(context.getEnvironment(), settings);
        context.getBeanFactory()
                .registerSingleton(
                        "gatewaySettings", settings.with(changes.effective().topology()));
        context.getBeanFactory().registerSingleton("startedChanges", changes);
    }
}
