package io.mooring.filters;

import org.jspecify.annotations.Nullable;
import org.springframework.web.server.ServerWebExchange;

/**
 * Where something of one type is kept among the attributes of an exchange. Whoever does not have the key does not get
 * at it by accident.
 *
 * @param type what is kept there; no two keys of ours have the same
 */
record ExchangeKey<T>(Class<T> type) {

    @Nullable
    T get(ServerWebExchange exchange) {
        Object value = exchange.getAttributes().get(type.getName());
        return type.isInstance(value) ? type.cast(value) : null;
    }

    void put(ServerWebExchange exchange, T value) {
        exchange.getAttributes().put(type.getName(), value);
    }
}
