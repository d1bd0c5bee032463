package io.mooring.gateway.admin;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.springframework.http.MediaType;

/** All that the API does. */
final class Endpoints {

    /** Below which path the API is. */
    static final String BASE = "/admin/v1";

    /** Where the description of the API is, below {@link #BASE}. */
    static final String DESCRIPTION = "/openapi.yaml";

    /** What the description is. */
    static final MediaType YAML = MediaType.parseMediaType("application/yaml");

    private Endpoints() {}

    static List<Endpoint> of(Gateway gateway) {
        PolicyPatch policies = new PolicyPatch(gateway);
        List<Endpoint> all = new ArrayList<>();
        all.add(Endpoint.get(DESCRIPTION, call -> Reply.of(description())));
        all.addAll(new UpstreamResources(gateway, policies).endpoints());
        all.addAll(new TrafficResources(gateway, policies).endpoints());
        all.addAll(new SessionResources(gateway).endpoints());
        all.addAll(new ChangeResources(gateway).endpoints());
        return List.copyOf(all);
    }

    private static byte[] description() {
        try (InputStream file = Objects.requireNonNull(
                Endpoints.class.getResourceAsStream("openapi.yaml"), "the program has its description")) {
            return file.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
