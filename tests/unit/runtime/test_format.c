/* Formatting: format(), str.format and `%`. Each row is what CPython 3.11 (with MarkupSafe 2.1) gives: repr of the result, or
 * class and message. */
#include "runtime/format.h"
#include "tests/unit/runtime/method_rows.h"

typedef struct spec_row {
    const char *value, *spec, *want;
} spec_row;

static void check_specs(const spec_row *rows, size_t count)
{
    run *r = run_new();
    for (size_t n = 0; n < count; n++) {
        burin_value out = burin_none();
        const char *got = outcome(r, rt_format_spec(&r->st, value_of(r, rows[n].value), (burin_text){rows[n].spec, strlen(rows[n].spec)}, &out), out);
        if (strcmp(got, rows[n].want) != 0)
            fail_msg("format(%s, '%s'): %s, not %s", rows[n].value, rows[n].spec, got, rows[n].want);
    }
    assert_true(run_free(r));
}
#define CHECK_SPECS(rows) check_specs(rows, sizeof rows / sizeof rows[0])

typedef struct percent_row {
    const char *format, *args, *want;
} percent_row;

static void check_percent(const percent_row *rows, size_t count)
{
    run *r = run_new();
    for (size_t n = 0; n < count; n++) {
        burin_value out = burin_none();
        const char *got = outcome(r, rt_format_percent(&r->st, value_of(r, rows[n].format), value_of(r, rows[n].args), &out), out);
        if (strcmp(got, rows[n].want) != 0)
            fail_msg("%s %% %s: %s, not %s", rows[n].format, rows[n].args, got, rows[n].want);
    }
    assert_true(run_free(r));
}
#define CHECK_PERCENT(rows) check_percent(rows, sizeof rows / sizeof rows[0])

/* ---- format(value, spec) ---- */

static void str_pads_and_cuts(void **state)
{
    static const spec_row rows[] = {
        {"'ab'", "5", "'ab   '"},
        {"'ab'", ">5", "'   ab'"},
        {"'ab'", "^5", "' ab  '"},
        {"'abc'", "^6", "' abc  '"},
        {"'ab'", "*<4", "'ab**'"},
        {"'äb'", "é^6", "'ééäbéé'"},
        {"'abc'", ".2", "'ab'"},
        {"'äöü'", "5.2", "'äö   '"},
        {"'ab'", "05", "'ab000'"},
        {"'ab'", "", "'ab'"},
        {"'ab'", "s", "'ab'"},
        {"'ab'", "1", "'ab'"},
        {"'ab'", "٤", "'ab  '"},
        {"'a'", "=5", "ValueError: '=' alignment not allowed in string format specifier"},
        {"'a'", "+", "ValueError: Sign not allowed in string format specifier"},
        {"'a'", " ", "ValueError: Space not allowed in string format specifier"},
        {"'a'", "#", "ValueError: Alternate form (#) not allowed in string format specifier"},
        {"'a'", "z", "ValueError: Negative zero coercion (z) not allowed in string format specifier"},
        {"'a'", ",", "ValueError: Cannot specify ',' with 's'."},
        {"'a'", "d", "ValueError: Unknown format code 'd' for object of type 'str'"},
        {"'a'", "5x6", "ValueError: Invalid format specifier '5x6' for object of type 'str'"},
    };
    (void)state;
    CHECK_SPECS(rows);
}

static void integers_take_every_base_and_sign(void **state)
{
    static const spec_row rows[] = {
        {"42", "", "'42'"},
        {"42", "5", "'   42'"},
        {"42", "<5", "'42   '"},
        {"42", "^6", "'  42  '"},
        {"42", "05", "'00042'"},
        {"-42", "05", "'-0042'"},
        {"42", "+", "'+42'"},
        {"42", " d", "' 42'"},
        {"-42", "=6", "'-   42'"},
        {"42", "*=+6", "'+***42'"},
        {"255", "x", "'ff'"},
        {"255", "X", "'FF'"},
        {"255", "#x", "'0xff'"},
        {"255", "#X", "'0XFF'"},
        {"-255", "#010x", "'-0x00000ff'"},
        {"5", "b", "'101'"},
        {"5", "#b", "'0b101'"},
        {"8", "#o", "'0o10'"},
        {"1234567", ",", "'1,234,567'"},
        {"1234567", "_", "'1_234_567'"},
        {"16711680", "_x", "'ff_0000'"},
        {"1234", "010,", "'00,001,234'"},
        {"1234", "09,", "'0,001,234'"},
        {"12", "08,", "'0,000,012'"},
        {"1234", "#012_x", "'0x0_0000_04d2'"},
        {"8364", "c", "'€'"},
        {"65", "^5c", "'  A  '"},
        {"1000000000000000000000000000000", ",", "'1,000,000,000,000,000,000,000,000,000,000'"},
        {"-10000000000000000000000000", "x", "'-84595161401484a000000'"},
        {"True", "", "'True'"},
        {"True", "d", "'1'"},
        {"True", "5", "'    1'"},
        {"3", "f", "'3.000000'"},
        {"3", ".1e", "'3.0e+00'"},
        {"3", "%", "'300.000000%'"},
        {"10000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000", "f", "OverflowError: int too large to convert to float"},
        {"3", ".2d", "ValueError: Precision not allowed in integer format specifier"},
        {"3", "z", "ValueError: Negative zero coercion (z) not allowed in integer format specifier"},
        {"-1", "c", "OverflowError: %c arg not in range(0x110000)"},
        {"3", "+c", "ValueError: Sign not allowed with integer format specifier 'c'"},
        {"3", "s", "ValueError: Unknown format code 's' for object of type 'int'"},
        {"3", ",x", "ValueError: Cannot specify ',' with 'x'."},
        {"3", ",_", "ValueError: Cannot specify both ',' and '_'."},
        {"3", "_,", "ValueError: Cannot specify both ',' and '_'."},
        {"True", "s", "ValueError: Unknown format code 's' for object of type 'bool'"},
        {"3", "99999999999999999999", "ValueError: Too many decimal digits in format string"},
    };
    (void)state;
    CHECK_SPECS(rows);
}

static void floats_round_exactly(void **state)
{
    static const spec_row rows[] = {
        {"0.5", ".0f", "'0'"},
        {"1.5", ".0f", "'2'"},
        {"2.5", ".0f", "'2'"},
        {"0.125", ".2f", "'0.12'"},
        {"2.675", ".2f", "'2.67'"},
        {"0.1", ".20f", "'0.10000000000000000555'"},
        {"0.1", ".55f", "'0.1000000000000000055511151231257827021181583404541015625'"},
        {"0.1", ".60f", "'0.100000000000000005551115123125782702118158340454101562500000'"},
        {"1e+22", "f", "'10000000000000000000000.000000'"},
        {"1e+23", "f", "'99999999999999991611392.000000'"},
        {"5e-324", ".20e", "'4.94065645841246544177e-324'"},
        {"1.7976931348623157e+308", ".17e", "'1.79769313486231571e+308'"},
        {"123456789.0", "g", "'1.23457e+08'"},
        {"1234567.0", "g", "'1.23457e+06'"},
        {"0.0001", "g", "'0.0001'"},
        {"1e-05", "g", "'1e-05'"},
        {"99999.95", ".6g", "'99999.9'"},
        {"9.9999999", ".3f", "'10.000'"},
        {"999999.5", "g", "'1e+06'"},
        {"1e+16", "", "'1e+16'"},
        {"1000000000000000.0", "", "'1000000000000000.0'"},
        {"123.0", "", "'123.0'"},
        {"1.5", ".0e", "'2e+00'"},
        {"2.5", ".0e", "'2e+00'"},
        {"1e-07", "f", "'0.000000'"},
        {"0.045", ".2f", "'0.04'"},
        {"1.005", ".2f", "'1.00'"},
        {"-0.0", "f", "'-0.000000'"},
        {"-0.04", ".1f", "'-0.0'"},
        {"-0.04", "z.1f", "'0.0'"},
        {"4.35", ".1f", "'4.3'"},
    };
    (void)state;
    CHECK_SPECS(rows);
}

static void floats_have_their_own_general_form(void **state)
{
    static const spec_row rows[] = {
        {"1.0", "", "'1.0'"},
        {"1.0", "5", "'  1.0'"},
        {"1.0", ".1", "'1e+00'"},
        {"100.0", ".3", "'1e+02'"},
        {"100.0", ".2", "'1e+02'"},
        {"1234.5", ".4", "'1.234e+03'"},
        {"0.00012", ".1", "'0.0001'"},
        {"1e+100", "", "'1e+100'"},
        {"3.0", "g", "'3'"},
        {"3.0", "#g", "'3.00000'"},
        {"3.0", "#.0f", "'3.'"},
        {"3.5", "n", "'3.5'"},
        {"0.5", "%", "'50.000000%'"},
        {"0.1234", ".1%", "'12.3%'"},
        {"1.5", "E", "'1.500000E+00'"},
        {"1.5", "G", "'1.5'"},
        {"1e+300", "G", "'1E+300'"},
        {"nan", "05", "'00nan'"},
        {"nan", "+F", "'+NAN'"},
        {"1234.5", ",", "'1,234.5'"},
        {"1234567.891", "_.2f", "'1_234_567.89'"},
        {"1234.5", "012,.1f", "'00,001,234.5'"},
        {"-1234.5", "=+12,", "'-    1,234.5'"},
        {"1.5", "d", "ValueError: Unknown format code 'd' for object of type 'float'"},
        {"1.5", "s", "ValueError: Unknown format code 's' for object of type 'float'"},
        {"1.5", ".", "ValueError: Format specifier missing precision"},
        {"1.5", ".2147483648f", "ValueError: precision too big"},
    };
    (void)state;
    CHECK_SPECS(rows);
}

static void other_values_take_no_specification(void **state)
{
    static const spec_row rows[] = {
        {"None", "", "'None'"},
        {"None", "5", "TypeError: unsupported format string passed to NoneType.__format__"},
        {"[1]", "", "'[1]'"},
        {"[1]", ">9", "TypeError: unsupported format string passed to list.__format__"},
        {"(1,)", "x", "TypeError: unsupported format string passed to tuple.__format__"},
        {"{}", "5", "TypeError: unsupported format string passed to dict.__format__"},
        {"b'a'", "5", "TypeError: unsupported format string passed to bytes.__format__"},
        {"M'<'", "5", "'<    '"},
        {"M'<'", "d", "ValueError: Unknown format code 'd' for object of type 'Markup'"},
    };
    (void)state;
    CHECK_SPECS(rows);
}

/* ---- str.format ---- */

static void fields_are_numbered_or_named(void **state)
{
    static const method_row rows[] = {
        {"'{} {}'", "format", "1|'b'", NULL, "'1 b'"},
        {"'{1}{0}'", "format", "'a'|'b'", NULL, "'ba'"},
        {"'{a}{b}'", "format", "", "{'a': 1, 'b': 2}", "'12'"},
        {"'{}{a}{}'", "format", "1|2", "{'a': 'x'}", "'1x2'"},
        {"'{{{}}}'", "format", "1", NULL, "'{1}'"},
        {"'{{}}'", "format", "", NULL, "'{}'"},
        {"'{٠}'", "format", "'x'", NULL, "'x'"},
        {"'{a b}'", "format", "", "{'a b': 1}", "'1'"},
        {"'{0}{}'", "format", "1", NULL, "ValueError: cannot switch from manual field specification to automatic field numbering"},
        {"'{}{0}'", "format", "1", NULL, "ValueError: cannot switch from automatic field numbering to manual field specification"},
        {"'{1}'", "format", "1", NULL, "IndexError: Replacement index 1 out of range for positional args tuple"},
        {"'{}'", "format", "", NULL, "IndexError: Replacement index 0 out of range for positional args tuple"},
        {"'{a}'", "format", "", NULL, "KeyError: 'a'"},
        {"'{ 0}'", "format", "1", NULL, "KeyError: ' 0'"},
        {"'{99999999999999999999}'", "format", "1", NULL, "ValueError: Too many decimal digits in format string"},
    };
    (void)state;
    CHECK_METHODS(rows);
}

static void fields_follow_attributes_and_items(void **state)
{
    static const method_row rows[] = {
        {"'{0[a]}'", "format", "{'a': 1}", NULL, "'1'"},
        {"'{0[0]}'", "format", "[7]", NULL, "'7'"},
        {"'{[1]}'", "format", "'ab'", NULL, "'b'"},
        {"'{0[a][b]}'", "format", "{'a': {'b': 2}}", NULL, "'2'"},
        {"'{0.real}'", "format", "3", NULL, "'3'"},
        {"'{.imag}'", "format", "3", NULL, "'0'"},
        {"'{0[-1]}'", "format", "[1]", NULL, "TypeError: list indices must be integers or slices, not str"},
        {"'{0[x]}'", "format", "{'a': 1}", NULL, "KeyError: 'x'"},
        {"'{0[1]}'", "format", "{'1': 1}", NULL, "KeyError: 1"},
        {"'{0[5]}'", "format", "[1]", NULL, "IndexError: list index out of range"},
        {"'{0[0]}'", "format", "5", NULL, "TypeError: 'int' object is not subscriptable"},
        {"'{0.nope}'", "format", "5", NULL, "AttributeError: 'int' object has no attribute 'nope'"},
        {"'{0[a]x}'", "format", "{'a': 1}", NULL, "ValueError: Only '.' or '[' may follow ']' in format field specifier"},
        {"'{0[]}'", "format", "[1]", NULL, "ValueError: Empty attribute in format string"},
        {"'{0.}'", "format", "1", NULL, "ValueError: Empty attribute in format string"},
    };
    (void)state;
    CHECK_METHODS(rows);
}

static void conversions_and_nested_specifications(void **state)
{
    static const method_row rows[] = {
        {"'{!r}'", "format", "'a'", NULL, "\"'a'\""},
        {"'{!s}'", "format", "[1]", NULL, "'[1]'"},
        {"'{!a}'", "format", "'é€😀'", NULL, "\"'\\\\xe9\\\\u20ac\\\\U0001f600'\""},
        {"'{!r:>5}'", "format", "'a'", NULL, "\"  'a'\""},
        {"'{:{}}'", "format", "'a'|4", NULL, "'a   '"},
        {"'{:{w}.{p}f}'", "format", "3.14159", "{'w': 8, 'p': 2}", "'    3.14'"},
        {"'{:{0}}'", "format", "5", NULL, "ValueError: cannot switch from automatic field numbering to manual field specification"},
        {"'{0:{1}}'", "format", "'a'|'>3'", NULL, "'  a'"},
        {"'{!x}'", "format", "1", NULL, "ValueError: Unknown conversion specifier x"},
        {"'{!}'", "format", "1", NULL, "ValueError: unmatched '{' in format spec"},
        {"'{!rx}'", "format", "1", NULL, "ValueError: expected ':' after conversion specifier"},
        {"'{:{:{}}}'", "format", "1|2|3", NULL, "ValueError: Max string recursion exceeded"},
        {"'{:>3}'", "format", "M'ab'", NULL, "' ab'"},
        {"'{:>2}'", "format", "M'ab'", NULL, "Markup('ab')"},
        {"'{}'", "format", "M'ab'", NULL, "'ab'"},
    };
    (void)state;
    CHECK_METHODS(rows);
}

static void formats_must_be_well_formed(void **state)
{
    static const method_row rows[] = {
        {"'{'", "format", "", NULL, "ValueError: Single '{' encountered in format string"},
        {"'}'", "format", "", NULL, "ValueError: Single '}' encountered in format string"},
        {"'{0'", "format", "1", NULL, "ValueError: expected '}' before end of string"},
        {"'{!r'", "format", "1", NULL, "ValueError: unmatched '{' in format spec"},
        {"'{:'", "format", "1", NULL, "ValueError: unmatched '{' in format spec"},
        {"'{:{}'", "format", "1", NULL, "ValueError: unmatched '{' in format spec"},
        {"'{a{b}}'", "format", "1", NULL, "ValueError: unexpected '{' in field name"},
        {"'{0[a}'", "format", "1", NULL, "ValueError: expected '}' before end of string"},
        {"'a}b'", "format", "", NULL, "ValueError: Single '}' encountered in format string"},
        {"'{}}'", "format", "1", NULL, "ValueError: Single '}' encountered in format string"},
    };
    (void)state;
    CHECK_METHODS(rows);
}

static void format_map_takes_names_only(void **state)
{
    static const method_row rows[] = {
        {"'{a}'", "format_map", "{'a': 1}", NULL, "'1'"},
        {"'{a[0]}'", "format_map", "{'a': [5]}", NULL, "'5'"},
        {"'{b}'", "format_map", "{'a': 1}", NULL, "KeyError: 'b'"},
        {"'{}'", "format_map", "{}", NULL, "ValueError: Format string contains positional fields"},
        {"'{0}'", "format_map", "{0: 1}", NULL, "ValueError: Format string contains positional fields"},
        {"'x'", "format_map", "5", NULL, "'x'"},
        {"'{a}'", "format_map", "5", NULL, "TypeError: 'int' object is not subscriptable"},
    };
    (void)state;
    CHECK_METHODS(rows);
}

/* jinja2.sandbox.SandboxedFormatter: fields follow the environment's rules, and are numbered by string.Formatter's. */
static void sandboxed_fields_are_looked_up_by_the_sandbox(void **state)
{
    static const struct {
        const char *format, *arg, *want;
    } rows[] = {
        {"'{}'", "1", "'1'"},
        {"'{0.real}'", "3", "'3'"},
        {"'{0[a]}'", "{'a': 1}", "'1'"},
        {"'{0.a}'", "{'a': 1}", "'1'"},
        {"'{0.nope}'", "1", "''"},
        {"'{0.__class__}'", "1", "''"},
        {"'{0.__class__.x}'", "1", "SecurityError: access to attribute '__class__' of 'int' object is unsafe."},
        {"'{0[__class__][x]}'", "1", "SecurityError: access to attribute '__class__' of 'int' object is unsafe."},
        {"'{0.a.b}'", "{}", "UndefinedError: 'dict object' has no attribute 'a'"},
        {"'{1}'", "1", "IndexError: tuple index out of range"},
        {"'{0}{}'", "1", "ValueError: cannot switch from manual field specification to automatic field numbering"},
        {"'{.real}'", "1", "KeyError: ''"},
        {"'{0:{0}}'", "5", "'    5'"},
        {"'{!r}'", "'a'", "\"'a'\""},
        {"M'{}'", "'<'", "Markup('&lt;')"},
        {"M'{0.__class__}'", "1", "Markup('')"},
    };
    run *r = run_new();

    (void)state;
    r->env.sandbox = RT_SANDBOXED;
    for (size_t n = 0; n < sizeof rows / sizeof rows[0]; n++) {
        burin_value  arg = value_of(r, rows[n].arg), out = burin_none();
        rt_arguments args = {.positional = &arg, .count = 1};
        const char  *got  = outcome(r, rt_call_method(&r->st, value_of(r, rows[n].format), BURIN_TEXT("format"), &args, &out), out);
        if (strcmp(got, rows[n].want) != 0)
            fail_msg("%s.format(%s): %s, not %s", rows[n].format, rows[n].arg, got, rows[n].want);
    }
    assert_true(run_free(r));
}

/* ---- % ---- */

static void conversions_of_percent(void **state)
{
    static const percent_row rows[] = {
        {"'%s %r'", "(\"a'b\", 'x')", "\"a'b 'x'\""},
        {"'%a'", "('é',)", "\"'\\\\xe9'\""},
        {"'%d'", "(3.99,)", "'3'"},
        {"'%i %u'", "(-3, True)", "'-3 1'"},
        {"'%x %X %o'", "(255, 255, 8)", "'ff FF 10'"},
        {"'%#x %#X %#o'", "(255, 255, 8)", "'0xff 0XFF 0o10'"},
        {"'%c%c'", "(65, 'é')", "'Aé'"},
        {"'%f %.2f %.0f'", "(1.5, 2.675, 2.5)", "'1.500000 2.67 2'"},
        {"'%e %G'", "(12345.678, 1e-10)", "'1.234568e+04 1E-10'"},
        {"'%g'", "(1000000000000000000000000000000,)", "'1e+30'"},
        {"'%%'", "()", "'%'"},
        {"'100%%'", "5", "TypeError: not all arguments converted during string formatting"},
        {"'%s'", "None", "'None'"},
        {"'%s'", "[1, 2]", "'[1, 2]'"},
        {"'%d'", "1000000000000000000000000000000", "'1000000000000000000000000000000'"},
        {"'%.3s|%5.1s|'", "('abcdef', 'xy')", "'abc|    x|'"},
        {"'%F'", "nan", "'NAN'"},
        {"'%e'", "0.0", "'0.000000e+00'"},
    };
    (void)state;
    CHECK_PERCENT(rows);
}

static void flags_widths_and_precisions(void **state)
{
    static const percent_row rows[] = {
        {"'%5d|%-5d|%05d'", "(42, 42, -42)", "'   42|42   |-0042'"},
        {"'%+d % d %+5d'", "(1, 1, -1)", "'+1  1    -1'"},
        {"'%*d|%-*d|%.*f'", "(5, 1, 4, 2, 2, 3.14159)", "'    1|2   |3.14'"},
        {"'%*d'", "(-4, 7)", "'7   '"},
        {"'%.5d'", "42", "'00042'"},
        {"'%#010x'", "255", "'0x000000ff'"},
        {"'%-08.3f|'", "3.14159", "'3.142   |'"},
        {"'%+.1e'", "12345.0", "'+1.2e+04'"},
        {"'%08s'", "'ab'", "'      ab'"},
        {"'%5c|'", "'x'", "'    x|'"},
        {"'%05.1f'", "-2.5", "'-02.5'"},
        {"'%#.3g'", "1.0", "'1.00'"},
        {"'%ld %hs'", "(1, 'a')", "'1 a'"},
    };
    (void)state;
    CHECK_PERCENT(rows);
}

static void mappings_answer_names(void **state)
{
    static const percent_row rows[] = {
        {"'%(a)s-%(b)d'", "{'a': 'x', 'b': 2}", "'x-2'"},
        {"'%(a(b))s'", "{'a(b)': 1}", "'1'"},
        {"'%(a)s%(a)s'", "{'a': 1}", "'11'"},
        {"'x'", "{'a': 1}", "'x'"},
        {"'%s'", "{'a': 1}", "\"{'a': 1}\""},
        {"'x'", "[1]", "'x'"},
        {"'%(a)s'", "{}", "KeyError: 'a'"},
        {"'%(a)s'", "5", "TypeError: format requires a mapping"},
        {"'%(a'", "{'a': 1}", "ValueError: incomplete format key"},
        {"'%(a)s %s'", "{'a': 1}", "TypeError: not enough arguments for format string"},
    };
    (void)state;
    CHECK_PERCENT(rows);
}

static void wrong_formats_and_arguments(void **state)
{
    static const percent_row rows[] = {
        {"'%d'", "'x'", "TypeError: %d format: a real number is required, not str"},
        {"'%x'", "1.5", "TypeError: %x format: an integer is required, not float"},
        {"'%x'", "'a'", "TypeError: %x format: an integer is required, not str"},
        {"'%f'", "'a'", "TypeError: must be real number, not str"},
        {"'%c'", "'ab'", "TypeError: %c requires int or char"},
        {"'%c'", "1.5", "TypeError: %c requires int or char"},
        {"'%c'", "-1", "OverflowError: %c arg not in range(0x110000)"},
        {"'%s %s'", "('a',)", "TypeError: not enough arguments for format string"},
        {"'%s'", "('a', 'b')", "TypeError: not all arguments converted during string formatting"},
        {"'x'", "5", "TypeError: not all arguments converted during string formatting"},
        {"'%q'", "1", "ValueError: unsupported format character 'q' (0x71) at index 1"},
        {"'%é'", "1", "ValueError: unsupported format character '?' (0xe9) at index 1"},
        {"'%'", "()", "ValueError: incomplete format"},
        {"'%5'", "1", "ValueError: incomplete format"},
        {"'%.'", "1", "ValueError: incomplete format"},
        {"'%*d'", "('a', 1)", "TypeError: * wants int"},
        {"'%5%'", "1", "ValueError: unsupported format character '%' (0x25) at index 2"},
        {"'%99999999999999999999d'", "1", "ValueError: width too big"},
        {"'%.99999999999d'", "1", "ValueError: precision too big"},
        {"'%d'", "None", "TypeError: %d format: a real number is required, not NoneType"},
    };
    (void)state;
    CHECK_PERCENT(rows);
}

static void markup_escapes_what_it_formats(void **state)
{
    static const percent_row rows[] = {
        {"M'<%s>'", "'&'", "Markup('<&amp;>')"},
        {"M'<%s>'", "('<',)", "Markup('<&lt;>')"},
        {"M'%r'", "'<'", "Markup('&#39;&lt;&#39;')"},
        {"M'%d'", "'42'", "Markup('42')"},
        {"M'%.1f'", "'1.25'", "Markup('1.2')"},
        {"M'%s'", "[1, '<']", "Markup('[1, &#39;&lt;&#39;]')"},
        {"M'%(a)s'", "{'a': '<'}", "Markup('&lt;')"},
        {"M'%x'", "255", "TypeError: %x format: an integer is required, not _MarkupEscapeHelper"},
        {"M'%c'", "'a'", "TypeError: %c requires int or char"},
        {"M'%d'", "'x'", "ValueError: invalid literal for int() with base 10: 'x'"},
        {"M'%f'", "None", "TypeError: float() argument must be a string or a real number, not 'NoneType'"},
        {"M'%*d'", "(5, 1)", "TypeError: * wants int"},
        {"M'x'", "5", "TypeError: not all arguments converted during string formatting"},
    };
    (void)state;
    CHECK_PERCENT(rows);
}

/* Sizes that no string can have are refused before anything is allocated for them. */
static void gigantic_widths_are_refused_at_once(void **state)
{
    static const struct {
        const char *value, *spec;
    } rows[] = {{"'a'", "5000000000"}, {"1", "5000000000"}, {"1.5", ">5000000000"}, {"1", "05000000000,"}};
    run *r = run_new();

    (void)state;
    for (size_t n = 0; n < sizeof rows / sizeof rows[0]; n++) {
        burin_value out;
        size_t      held = r->held;
        assert_int_equal(rt_format_spec(&r->st, value_of(r, rows[n].value), (burin_text){rows[n].spec, strlen(rows[n].spec)}, &out), BURIN_ERR_NOMEM);
        rt_clear_error(&r->st);
        assert_true(r->held < held + (1 << 20));
    }
    burin_value  self = run_text("a"), width = burin_int(5000000000), out;
    rt_arguments args = {.positional = &width, .count = 1};
    assert_int_equal(rt_call_method(&r->st, self, BURIN_TEXT("center"), &args, &out), BURIN_ERR_NOMEM);
    rt_clear_error(&r->st);
    assert_true(run_free(r));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(str_pads_and_cuts),
        cmocka_unit_test(integers_take_every_base_and_sign),
        cmocka_unit_test(floats_round_exactly),
        cmocka_unit_test(floats_have_their_own_general_form),
        cmocka_unit_test(other_values_take_no_specification),
        cmocka_unit_test(fields_are_numbered_or_named),
        cmocka_unit_test(fields_follow_attributes_and_items),
        cmocka_unit_test(conversions_and_nested_specifications),
        cmocka_unit_test(formats_must_be_well_formed),
        cmocka_unit_test(format_map_takes_names_only),
        cmocka_unit_test(sandboxed_fields_are_looked_up_by_the_sandbox),
        cmocka_unit_test(conversions_of_percent),
        cmocka_unit_test(flags_widths_and_precisions),
        cmocka_unit_test(mappings_answer_names),
        cmocka_unit_test(wrong_formats_and_arguments),
        cmocka_unit_test(markup_escapes_what_it_formats),
        cmocka_unit_test(gigantic_widths_are_refused_at_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
