/* Messages between the engine and the compiler: they arrive whole, and what goes wrong is told apart. */
#include "codegen/jit/protocol.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>
#include <pthread.h>

typedef struct pair {
    int ends[2];
    buf payload;
} pair;

static int set_up(void **state)
{
    pair *p = calloc(1, sizeof *p);
    assert_non_null(p);
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, p->ends), 0);
    p->payload = buf_make(&base_malloc_allocator);
    *state     = p;
    return 0;
}

static int tear_down(void **state)
{
    pair *p = *state;
    close(p->ends[0]);
    if (p->ends[1] >= 0)
        close(p->ends[1]);
    buf_deinit(&p->payload);
    free(p);
    return 0;
}

static void close_peer(pair *p)
{
    close(p->ends[1]);
    p->ends[1] = -1;
}

static void a_message_arrives_as_it_was_sent(void **state)
{
    pair           *p = *state;
    protocol_header header;
    assert_int_equal(protocol_send(p->ends[0], PROTOCOL_OBJECT, 7, BURIN_TEXT("head "), BURIN_TEXT("body"), 1000), PROTOCOL_OK);
    assert_int_equal(protocol_send(p->ends[0], PROTOCOL_FAILED, 8, (burin_text){NULL, 0}, (burin_text){NULL, 0}, 1000), PROTOCOL_OK);
    assert_int_equal(protocol_receive(p->ends[1], &header, &p->payload, 1000), PROTOCOL_OK);
    assert_int_equal(header.kind, PROTOCOL_OBJECT);
    assert_int_equal(header.number, 7);
    assert_int_equal(p->payload.len, 9);
    assert_memory_equal(p->payload.data, "head body", 9);
    assert_int_equal(protocol_receive(p->ends[1], &header, &p->payload, 1000), PROTOCOL_OK);
    assert_int_equal(header.number, 8);
    assert_int_equal(p->payload.len, 0);
}

enum { LARGE = 3 << 20 }; /* more than a socket holds */

static void *send_large(void *user)
{
    pair *p    = user;
    char *data = malloc(LARGE);
    for (size_t n = 0; data && n < LARGE; n++)
        data[n] = (char)(n * 31 >> 7);
    bool sent = data && protocol_send(p->ends[0], PROTOCOL_REQUEST, 1, (burin_text){NULL, 0}, (burin_text){data, LARGE}, 20000) == PROTOCOL_OK;
    free(data);
    return sent ? p : NULL;
}

static void a_message_larger_than_the_socket_arrives_in_parts(void **state)
{
    pair           *p = *state;
    protocol_header header;
    pthread_t       sender;
    void           *sent = NULL;
    assert_int_equal(pthread_create(&sender, NULL, send_large, p), 0);
    assert_int_equal(protocol_receive(p->ends[1], &header, &p->payload, 20000), PROTOCOL_OK);
    pthread_join(sender, &sent);
    assert_ptr_equal(sent, p);
    assert_int_equal(p->payload.len, LARGE);
    for (size_t n = 0; n < LARGE; n++)
        assert_true(p->payload.data[n] == (char)(n * 31 >> 7));
}

static void silence_is_a_timeout_also_in_the_middle(void **state)
{
    pair           *p = *state;
    protocol_header header, half = {PROTOCOL_MAGIC, PROTOCOL_REQUEST, 1, 100};
    assert_int_equal(protocol_receive(p->ends[1], &header, &p->payload, 0), PROTOCOL_TIMEOUT);
    assert_int_equal(send(p->ends[0], &half, sizeof half, 0), sizeof half);
    assert_int_equal(protocol_receive(p->ends[1], &header, &p->payload, 20), PROTOCOL_TIMEOUT);
    char *large = calloc(1, LARGE);
    assert_non_null(large);
    assert_int_equal(protocol_send(p->ends[0], PROTOCOL_REQUEST, 1, (burin_text){large, LARGE}, (burin_text){NULL, 0}, 20), PROTOCOL_TIMEOUT);
    free(large);
}

static void a_peer_that_is_gone_is_no_signal(void **state)
{
    pair           *p = *state;
    protocol_header header;
    close_peer(p);
    assert_int_equal(protocol_receive(p->ends[0], &header, &p->payload, 1000), PROTOCOL_CLOSED);
    assert_int_equal(protocol_send(p->ends[0], PROTOCOL_REQUEST, 1, BURIN_TEXT("x"), (burin_text){NULL, 0}, 1000), PROTOCOL_CLOSED);
}

static void what_is_no_message_is_refused(void **state)
{
    static const protocol_header rows[] = {
        {0x12345678, PROTOCOL_OBJECT, 1, 0},
        {PROTOCOL_MAGIC, PROTOCOL_KIND_COUNT, 1, 0},
        {PROTOCOL_MAGIC, PROTOCOL_OBJECT, 1, PROTOCOL_PAYLOAD_MAX + 1},
    };
    pair *p = *state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        protocol_header header;
        assert_int_equal(send(p->ends[0], &rows[i], sizeof rows[i], 0), sizeof rows[i]);
        assert_int_equal(protocol_receive(p->ends[1], &header, &p->payload, 1000), PROTOCOL_BROKEN);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_message_arrives_as_it_was_sent, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_message_larger_than_the_socket_arrives_in_parts, set_up, tear_down),
        cmocka_unit_test_setup_teardown(silence_is_a_timeout_also_in_the_middle, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_peer_that_is_gone_is_no_signal, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_is_no_message_is_refused, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
