package io.mooring.filters.backend;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.DefaultLastHttpContent;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class WholeResponsesTest {

    private final WholeResponses responses = new WholeResponses();
    private final EmbeddedChannel channel = new EmbeddedChannel(responses);

    @AfterEach
    void nothingIsLeft() {
        passed().forEach(ReferenceCountUtil::release);
        channel.finishAndReleaseAll();
    }

    @Test
    void responseOfOneReadIsWholeAndInOrder() {
        HttpResponse head = head();
        HttpContent part = part(10);

        read(head);
        read(part);
        assertThat(channel.inboundMessages()).isEmpty();
        read(LastHttpContent.EMPTY_LAST_CONTENT);

        assertThat(responses.isWhole()).isTrue();
        assertThat(channel.inboundMessages()).containsExactly(head, part, LastHttpContent.EMPTY_LAST_CONTENT);
    }

    @Test
    void headIsPassedOnWhenThereIsNothingMoreToRead() {
        HttpResponse head = head();
        read(head);

        channel.flushInbound();

        assertThat(responses.isWhole()).isFalse();
        assertThat(channel.inboundMessages()).containsExactly(head);
    }

    @Test
    void theRestOfAResponseThatHasBegunIsNotHeld() {
        read(head());
        channel.flushInbound();

        read(part(10));
        assertThat(channel.inboundMessages()).hasSize(2);
        read(LastHttpContent.EMPTY_LAST_CONTENT);

        assertThat(responses.isWhole()).isFalse();
        assertThat(channel.inboundMessages()).hasSize(3);
    }

    @Test
    void longResponseIsNotHeldToItsEnd() {
        read(head());
        read(part(30_000));
        assertThat(channel.inboundMessages()).isEmpty();

        read(part(30_000));

        assertThat(responses.isWhole()).isFalse();
        assertThat(channel.inboundMessages()).hasSize(3);
    }

    @Test
    void responseWithTrailersIsNotWhole() {
        DefaultLastHttpContent end = new DefaultLastHttpContent();
        end.trailingHeaders().add("X-Sum", "1");

        read(head());
        read(end);

        assertThat(responses.isWhole()).isFalse();
        assertThat(channel.inboundMessages()).hasSize(2);
    }

    @Test
    void eachResponseIsJudgedByItself() {
        read(head());
        read(LastHttpContent.EMPTY_LAST_CONTENT);
        assertThat(responses.isWhole()).isTrue();

        read(head());
        channel.flushInbound();

        assertThat(responses.isWhole()).isFalse();
    }

    @Test
    void whatIsHeldIsPassedOnWhenTheConnectionEnds() {
        read(head());
        HttpContent part = part(10);
        read(part);

        channel.close().syncUninterruptibly();

        assertThat(channel.inboundMessages()).hasSize(2).contains(part);
    }

    @Test
    void whatIsHeldIsReleasedWithTheHandler() {
        HttpContent part = part(10);
        read(head());
        read(part);

        channel.pipeline().remove(responses);

        assertThat(part.refCnt()).isZero();
    }

    @SuppressWarnings("FutureReturnValueIgnored") // an embedded channel has done it when it returns
    private void read(Object message) {
        channel.writeOneInbound(message);
    }

    private List<Object> passed() {
        List<Object> passed = new ArrayList<>();
        for (Object next = channel.readInbound(); next != null; next = channel.readInbound()) {
            passed.add(next);
        }
        return passed;
    }

    private static HttpResponse head() {
        return new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK);
    }

    private static HttpContent part(int bytes) {
        return new DefaultHttpContent(Unpooled.buffer(bytes).writeZero(bytes));
    }
}
