package io.mooring.balancer.session;

import io.mooring.balancer.token.TokenCodec;
import io.mooring.balancer.upstream.Member;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Which tag stands for which member, under each key of the ring. Immutable; built when the members
 * change, so that a decision only looks up.
 */
final class BackendTags {

    private final long[][] tags;
    private final Member[][] members;
    private final Map<String, Long> writtenTags;
    private final TokenCodec codec;

    private BackendTags(long[][] tags, Member[][] members, Map<String, Long> writtenTags, TokenCodec codec) {
        this.tags = tags;
        this.members = members;
        this.writtenTags = writtenTags;
        this.codec = codec;
    }

    static BackendTags of(List<Member> members, TokenCodec codec) {
        long[][] tags = new long[codec.keys()][];
        Member[][] sorted = new Member[codec.keys()][];
        Map<String, Long> writtenTags = new HashMap<>();
        for (Member member : members) {
            writtenTags.put(member.id(), codec.backendTag(0, member.id()));
        }
        for (int i = 0; i < tags.length; i++) {
            int key = i;
            Map<Member, Long> tagOf = new HashMap<>();
            members.forEach(member -> tagOf.put(member, codec.backendTag(key, member.id())));
            sorted[key] = members.stream()
                    .sorted(Comparator.comparingLong(tagOf::get))
                    .toArray(Member[]::new);
            tags[key] = Arrays.stream(sorted[key]).mapToLong(tagOf::get).toArray();
        }
        return new BackendTags(tags, sorted, writtenTags, codec);
    }

    /** The member that the tag stands for in tokens signed by this key, or null if it is gone. */
    @Nullable
    Member member(int key, long tag) {
        int place = Arrays.binarySearch(tags[key], tag);
        return place < 0 ? null : members[key][place];
    }

    /**
     * The tag that stands for the member in tokens that are written. One that was chosen just before
     * it left the upstream is not among the members any more; its tag is computed.
     */
    long tagOf(Member member) {
        Long tag = writtenTags.get(member.id());
        return tag != null ? tag : codec.backendTag(0, member.id());
    }
}
