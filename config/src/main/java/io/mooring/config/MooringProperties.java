package io.mooring.config;

import java.util.Map;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.NestedConfigurationProperty;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Everything under {@code mooring}.
 *
 * @param dataDir Directory that keeps what must outlive a restart, such as the keys that sign cookies. A
 *     relative path counts from the working directory.
 * @param sharePorts Whether ports are opened that another gateway of the same user has open, so as to take over from it
 *     without refusing a client. If not, that is an error.
 * @param upstreams Groups of backends by name. Routes call them "lb://name", so a name has letters, digits,
 *     "-" and "." as a URI's host does.
 * @param listeners TCP and UDP ports to open, by name.
 * @param http The HTTP listener, beyond what Spring Boot's own keys say.
 * @param reload How changes of the configuration are noticed while the gateway runs.
 * @param admin Who may use the management port.
 * @param persistence What all upstreams' session persistence shares.
 */
@ConfigurationProperties("mooring")
record MooringProperties(
        @DefaultValue("./data") String dataDir,
        @DefaultValue("false") boolean sharePorts,
        @DefaultValue Map<String, UpstreamProperties> upstreams,
        @DefaultValue Map<String, ListenerProperties> listeners,
        @DefaultValue @NestedConfigurationProperty HttpProperties http,
        @DefaultValue @NestedConfigurationProperty ReloadProperties reload,
        @DefaultValue @NestedConfigurationProperty AdminProperties admin,
        @DefaultValue @NestedConfigurationProperty KeyRingProperties persistence) {}
