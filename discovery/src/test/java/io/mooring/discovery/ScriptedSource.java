package io.mooring.discovery;

import io.mooring.balancer.upstream.Backend;
import java.util.Arrays;
import java.util.List;
import reactor.core.publisher.Mono;

/** A source that says what a test tells it to, and counts the questions. */
final class ScriptedSource implements MemberSource {

    private Mono<Answer> next = Mono.never();
    private int questions;
    private int closed;

    /** Answers with members as {@code "a:1 b:2"}: id and port. */
    void say(String members, String... complaints) {
        next = Mono.just(Answer.of(members(members), List.of(complaints)));
    }

    void fail(String message) {
        next = Mono.error(() -> new IllegalStateException(message));
    }

    void hang() {
        next = Mono.never();
    }

    int questions() {
        return questions;
    }

    int closed() {
        return closed;
    }

    @Override
    public Mono<Answer> ask() {
        return Mono.defer(() -> {
            questions++;
            return next;
        });
    }

    @Override
    public void close() {
        closed++;
    }

    static List<Backend> members(String text) {
        return Arrays.stream(text.split(" ", -1))
                .filter(word -> !word.isEmpty())
                .map(word -> word.split(":", -1))
                .map(parts -> new Backend(parts[0], "127.0.0.1", Integer.parseInt(parts[1]), 10))
                .toList();
    }
}
