/* Methods of int, float and bytes: each row is a call and what CPython 3.11 (with MarkupSafe 2.1) gives: repr of the result, or class and message.
 * Where the method changes its object, `after` is the object's repr afterwards. */
#include "tests/unit/runtime/method_rows.h"

static void integers_show_their_bits(void **state)
{
    static const method_row rows[] = {
        {"5", "bit_length", "", NULL, "3"},
        {"-8", "bit_count", "", NULL, "1"},
        {"True", "bit_length", "", NULL, "1"},
        {"1180591620717411303424", "bit_length", "", NULL, "71"},
        {"-1180591620717411303423", "bit_count", "", NULL, "70"},
        {"7", "as_integer_ratio", "", NULL, "(7, 1)"},
        {"True", "conjugate", "", NULL, "1"},
        {"0", "bit_length", "1", NULL, "TypeError: int.bit_length() takes no arguments (1 given)"},
    };
    (void)state;
    CHECK_METHODS(rows);
}

static void integers_turn_into_bytes_and_back(void **state)
{
    static const method_row rows[] = {
        {"258", "to_bytes", "2", NULL, "b'\\x01\\x02'"},
        {"258", "to_bytes", "3|'little'", NULL, "b'\\x02\\x01\\x00'"},
        {"-1", "to_bytes", "2", "{'signed': True}", "b'\\xff\\xff'"},
        {"-128", "to_bytes", "1", "{'signed': True}", "b'\\x80'"},
        {"18446744073709551616", "to_bytes", "9|'big'", NULL, "b'\\x01\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00'"},
        {"256", "to_bytes", "", NULL, "OverflowError: int too big to convert"},
        {"-1", "to_bytes", "", NULL, "OverflowError: can't convert negative int to unsigned"},
        {"1", "to_bytes", "-1", NULL, "ValueError: length argument must be non-negative"},
        {"1", "to_bytes", "1|'x'", NULL, "ValueError: byteorder must be either 'little' or 'big'"},
        {"1", "to_bytes", "1|'big'|True", NULL, "TypeError: to_bytes() takes at most 2 positional arguments (3 given)"},
        {"0", "from_bytes", "b'\\x01\\x02'", NULL, "258"},
        {"0", "from_bytes", "b'\\x01\\x02'|'little'", NULL, "513"},
        {"0", "from_bytes", "b'\\xff\\xfe'", "{'signed': True}", "-2"},
        {"0", "from_bytes", "[1, 2]", NULL, "258"},
        {"0", "from_bytes", "b'\\x80\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00'", "{'signed': True}", "-2361183241434822606848"},
        {"0", "from_bytes", "'a'", NULL, "TypeError: cannot convert 'str' object to bytes"},
        {"0", "from_bytes", "", NULL, "TypeError: from_bytes() missing required argument 'bytes' (pos 1)"},
    };
    (void)state;
    CHECK_METHODS(rows);
}

static void floats_are_exact_in_hexadecimal_and_as_ratios(void **state)
{
    static const method_row rows[] = {
        {"0.1", "hex", "", NULL, "'0x1.999999999999ap-4'"},
        {"-0.0", "hex", "", NULL, "'-0x0.0p+0'"},
        {"5e-324", "hex", "", NULL, "'0x0.0000000000001p-1022'"},
        {"0.5", "as_integer_ratio", "", NULL, "(1, 2)"},
        {"1e+300", "as_integer_ratio", "", NULL, "(1000000000000000052504760255204420248704468581108159154915854115511802457988908195786371375080447864043704443832883878176942523235360430575644792184786706982848387200926575803737830233794788090059368953234970799945081119038967640880074652742780142494579258788820056842838115669472196386865459400540160, 1)"},
        {"5e-324", "as_integer_ratio", "", NULL, "(1, 202402253307310618352495346718917307049556649764142118356901358027430339567995346891960383701437124495187077864316811911389808737385793476867013399940738509921517424276566361364466907742093216341239767678472745068562007483424692698618103355649159556340810056512358769552333414615230502532186327508646006263307707741093494784)"},
        {"nan", "as_integer_ratio", "", NULL, "ValueError: cannot convert NaN to integer ratio"},
        {"1.5", "is_integer", "", NULL, "False"},
        {"-2.0", "is_integer", "", NULL, "True"},
        {"1.5", "conjugate", "", NULL, "1.5"},
        {"0.0", "fromhex", "'0x1.8p3'", NULL, "12.0"},
        {"0.0", "fromhex", "' -1.8 '", NULL, "-1.5"},
        {"0.0", "fromhex", "'0x1p-1075'", NULL, "0.0"},
        {"0.0", "fromhex", "'0x1.8p-1075'", NULL, "5e-324"},
        {"0.0", "fromhex", "'0x1.fffffffffffff7p1023'", NULL, "1.7976931348623157e+308"},
        {"0.0", "fromhex", "'0x1.fffffffffffff8p1023'", NULL, "OverflowError: hexadecimal value too large to represent as a float"},
        {"0.0", "fromhex", "'-Infinity'", NULL, "-inf"},
        {"0.0", "fromhex", "'0x'", NULL, "ValueError: invalid hexadecimal floating-point string"},
    };
    (void)state;
    CHECK_METHODS(rows);
}

static void bytes_count_in_bytes(void **state)
{
    static const method_row rows[] = {
        {"b'a,b'", "split", "b','", NULL, "[b'a', b'b']"},
        {"b' a b '", "split", "", NULL, "[b'a', b'b']"},
        {"b'a\\nb\\x0bc'", "splitlines", "", NULL, "[b'a', b'b\\x0bc']"},
        {"b'abc'", "find", "b'c'", NULL, "2"},
        {"b'abc'", "find", "98", NULL, "1"},
        {"b'abc'", "index", "b'z'", NULL, "ValueError: subsection not found"},
        {"b'aXa'", "replace", "b'a'|b'bb'", NULL, "b'bbXbb'"},
        {"b'ab'", "replace", "b''|b'-'", NULL, "b'-a-b-'"},
        {"b' a\\x1c'", "strip", "", NULL, "b'a\\x1c'"},
        {"b'xax'", "strip", "b'x'", NULL, "b'a'"},
        {"b'ab'", "startswith", "(b'x', b'a')", NULL, "True"},
        {"b'-'", "join", "[b'a', b'b']", NULL, "b'a-b'"},
        {"b'ab'", "center", "5|b'*'", NULL, "b'**ab*'"},
        {"b'-5'", "zfill", "4", NULL, "b'-005'"},
        {"b'\\xc3\\xa9'", "upper", "", NULL, "b'\\xc3\\xa9'"},
        {"b'hello world'", "title", "", NULL, "b'Hello World'"},
        {"b'Hello'", "swapcase", "", NULL, "b'hELLO'"},
        {"b'a1'", "isalnum", "", NULL, "True"},
        {"b'ab'", "translate", "None|b'a'", NULL, "b'b'"},
        {"b'a=b'", "partition", "b'='", NULL, "(b'a', b'=', b'b')"},
        {"b'ab'", "find", "'a'", NULL, "TypeError: argument should be integer or bytes-like object, not 'str'"},
        {"b'a'", "find", "300", NULL, "ValueError: byte must be in range(0, 256)"},
        {"b'ab'", "join", "['a']", NULL, "TypeError: sequence item 0: expected a bytes-like object, str found"},
    };
    (void)state;
    CHECK_METHODS(rows);
}

static void bytes_decode_and_show_digits(void **state)
{
    static const method_row rows[] = {
        {"b'\\xc3\\xa9'", "decode", "", NULL, "'é'"},
        {"b'\\xff'", "decode", "", NULL, "UnicodeDecodeError: 'utf-8' codec can't decode byte 0xff in position 0: invalid start byte"},
        {"b'\\xe2\\x82'", "decode", "", NULL, "UnicodeDecodeError: 'utf-8' codec can't decode bytes in position 0-1: unexpected end of data"},
        {"b'a\\xc3('", "decode", "", NULL, "UnicodeDecodeError: 'utf-8' codec can't decode byte 0xc3 in position 1: invalid continuation byte"},
        {"b'\\xf0\\x9f\\x98a'", "decode", "'utf-8'|'replace'", NULL, "'�a'"},
        {"b'\\xffa'", "decode", "'ascii'|'ignore'", NULL, "'a'"},
        {"b'\\xff\\xfea\\x00'", "decode", "'utf-16'", NULL, "'a'"},
        {"b'\\x80'", "decode", "'cp1252'", NULL, "'€'"},
        {"b'\\xff'", "decode", "'utf-8'|'backslashreplace'", NULL, "'\\\\xff'"},
        {"b'\\x00\\xd8'", "decode", "'utf-16-le'", NULL, "UnicodeDecodeError: 'utf-16-le' codec can't decode bytes in position 0-1: unexpected end of data"},
        {"b'a'", "decode", "'foo'", NULL, "LookupError: unknown encoding: foo"},
        {"b'\\x01\\xab'", "hex", "", NULL, "'01ab'"},
        {"b'\\x01\\xab\\xcd'", "hex", "':'|2", NULL, "'01:abcd'"},
        {"b'\\x01\\xab\\xcd'", "hex", "'-'|-2", NULL, "'01ab-cd'"},
        {"b''", "fromhex", "'01 aB'", NULL, "b'\\x01\\xab'"},
        {"b''", "fromhex", "'1'", NULL, "ValueError: non-hexadecimal number found in fromhex() arg at position 1"},
    };
    (void)state;
    CHECK_METHODS(rows);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(integers_show_their_bits),
        cmocka_unit_test(integers_turn_into_bytes_and_back),
        cmocka_unit_test(floats_are_exact_in_hexadecimal_and_as_ratios),
        cmocka_unit_test(bytes_count_in_bytes),
        cmocka_unit_test(bytes_decode_and_show_digits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
