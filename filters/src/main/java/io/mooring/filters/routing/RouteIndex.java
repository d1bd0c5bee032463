package io.mooring.filters.routing;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.springframework.cloud.gateway.handler.predicate.GatewayPredicate;
import org.springframework.cloud.gateway.handler.predicate.PathRoutePredicateFactory;
import org.springframework.cloud.gateway.route.Route;
import org.springframework.http.server.PathContainer;

/**
 * Tells from the path of a request which of many routes it can take at all: a tree of the literal segments that the
 * patterns of the routes begin with. Whether it takes one is for the route's predicate to say.
 *
 * <p>A route of which no such beginning is known for sure is a candidate for every request. Immutable.
 */
final class RouteIndex {

    private static final int[] NONE = {};

    private final List<Route> routes;
    private final Node root = new Node();

    /**
     * An index of these routes.
     *
     * @param basePath what the application puts before each pattern; an index of such patterns is none
     */
    RouteIndex(List<Route> routes, boolean basePath) {
        this.routes = List.copyOf(routes);
        for (int i = 0; i < routes.size(); i++) {
            for (List<String> beginning : basePath ? List.of(List.<String>of()) : beginnings(routes.get(i))) {
                root.at(beginning).add(i);
            }
        }
    }

    /** The routes that a request to this path may take, as positions in ascending order; not to be changed. */
    int[] candidates(PathContainer path) {
        int[] found = root.routes;
        Node node = root;
        List<PathContainer.Element> elements = path.elements();
        for (int i = 1; i < elements.size(); i += 2) {
            node = elements.get(i) instanceof PathContainer.PathSegment segment
                    ? node.children.get(segment.valueToMatch())
                    : null;
            if (node == null) {
                break;
            }
            found = joined(found, node.routes);
        }
        if (found.length > root.routes.length) {
            Arrays.sort(found);
        }
        return found;
    }

    /** The route at a position. */
    Route route(int position) {
        return routes.get(position);
    }

    private static int[] joined(int[] some, int[] more) {
        if (more.length == 0) {
            return some;
        }
        int[] all = Arrays.copyOf(some, some.length + more.length);
        System.arraycopy(more, 0, all, some.length, more.length);
        return all;
    }

    /** The segments that the path of each request on this route begins with: one of these lists. */
    private static List<List<String>> beginnings(Route route) {
        List<PathRoutePredicateFactory.Config> paths = new ArrayList<>();
        route.getPredicate().accept(predicate -> {
            if (predicate instanceof GatewayPredicate known
                    && known.getConfig() instanceof PathRoutePredicateFactory.Config path) {
                paths.add(path);
            }
        });
        // Only of predicates that must all hold is each a necessary one; they show it in how they are written.
        String text = route.getPredicate().toString();
        if (paths.isEmpty() || text.contains("||") || text.contains("!")) {
            return List.of(List.of());
        }
        List<List<String>> all = paths.get(0).getPatterns().stream()
                .map(RouteIndex::beginning)
                .distinct()
                .toList();
        return all.stream()
                .filter(one -> all.stream().noneMatch(shorter -> isBeginningOf(shorter, one)))
                .toList();
    }

    private static boolean isBeginningOf(List<String> shorter, List<String> longer) {
        return shorter.size() < longer.size()
                && longer.subList(0, shorter.size()).equals(shorter);
    }

    private static List<String> beginning(String pattern) {
        String[] segments = (pattern.startsWith("/") ? pattern.substring(1) : pattern).split("/", -1);
        List<String> literal = new ArrayList<>();
        for (String segment : segments) {
            if (segment.isEmpty() || !segment.chars().allMatch(RouteIndex::isLiteral)) {
                break;
            }
            literal.add(segment);
        }
        return literal;
    }

    /** Whether a character stands for itself in a pattern, and does not come encoded. */
    private static boolean isLiteral(int c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || "-_.~".indexOf(c) >= 0;
    }

    private static final class Node {
        private final Map<String, Node> children = new HashMap<>();
        private int[] routes = NONE;

        Node at(List<String> beginning) {
            Node node = this;
            for (String segment : beginning) {
                node = node.children.computeIfAbsent(segment, literal -> new Node());
            }
            return node;
        }

        void add(int route) {
            routes = joined(routes, new int[] {route});
        }
    }
}
