package io.mooring.gateway.reload;

import java.util.ArrayList;
import java.util.List;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.cloud.gateway.config.GatewayProperties;
import org.springframework.cloud.gateway.event.RefreshRoutesEvent;
import org.springframework.cloud.gateway.filter.factory.GatewayFilterFactory;
import org.springframework.cloud.gateway.handler.predicate.RoutePredicateFactory;
import org.springframework.cloud.gateway.route.RouteDefinition;
import org.springframework.cloud.gateway.route.RouteDefinitionRouteLocator;
import org.springframework.cloud.gateway.support.ConfigurationService;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.core.env.ConfigurableEnvironment;
import reactor.core.publisher.Flux;

/**
 * The routes of Spring Cloud Gateway, as its properties define them. For one thread at a time, and not for event loops.
 */
@SuppressWarnings("rawtypes") // as Spring Cloud Gateway has predicates and filters
public final class GatewayRoutes {

    private static final String ROUTES = "spring.cloud.gateway.server.webflux.routes";

    private final GatewayProperties properties;
    private final List<RoutePredicateFactory> predicates;
    private final List<GatewayFilterFactory> filters;
    private final ConfigurationService factories;
    private final ApplicationEventPublisher events;

    /**
     * The routes of these properties.
     *
     * @param predicates all kinds of predicates that there are
     * @param filters all kinds of filters that there are
     * @param factories makes predicates and filters of their definitions
     */
    public GatewayRoutes(
            GatewayProperties properties,
            List<RoutePredicateFactory> predicates,
            List<GatewayFilterFactory> filters,
            ConfigurationService factories,
            ApplicationEventPublisher events) {
        this.properties = properties;
        this.predicates = List.copyOf(predicates);
        this.filters = List.copyOf(filters);
        this.factories = factories;
        this.events = events;
    }

    /**
     * Makes each route of another configuration, for trial.
     *
     * @return has requests go by those routes
     * @throws RefusedChangeException when a route cannot be made
     */
    Runnable plan(ConfigurableEnvironment next) {
        List<RouteDefinition> wanted = definitions(next);
        if (wanted.equals(properties.getRoutes())) {
            return () -> {};
        }
        // Other objects, for the trial gives a route without an id one of its own.
        List<String> errors = errors(definitions(next));
        if (!errors.isEmpty()) {
            throw new RefusedChangeException(errors);
        }
        return () -> {
            properties.setRoutes(wanted);
            events.publishEvent(new RefreshRoutesEvent(this));
        };
    }

    private static List<RouteDefinition> definitions(ConfigurableEnvironment environment) {
        return Binder.get(environment)
                .bind(ROUTES, Bindable.listOf(RouteDefinition.class))
                .orElseGet(List::of);
    }

    private List<String> errors(List<RouteDefinition> definitions) {
        GatewayProperties strict = new GatewayProperties();
        strict.setDefaultFilters(properties.getDefaultFilters());
        strict.setFailOnRouteDefinitionError(true);
        List<String> errors = new ArrayList<>();
        for (int i = 0; i < definitions.size(); i++) {
            RouteDefinition definition = definitions.get(i);
            if (!definition.isEnabled()) {
                continue;
            }
            String name = ROUTES + "[" + i + "]";
            if (definition.getId() == null) {
                definition.setId(name);
            }
            try {
                new RouteDefinitionRouteLocator(() -> Flux.just(definition), predicates, filters, strict, factories)
                        .getRoutes()
                        .blockLast();
            } catch (RuntimeException e) {
                errors.add(name + ": " + definition.getId() + " (expected: a route that can be made; "
                        + String.valueOf(e.getMessage()).lines().findFirst().orElse("") + ")");
            }
        }
        return errors;
    }
}
