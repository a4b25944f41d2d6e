/* A rules engine: a thousand formulas that users have written, each compiled once, over facts of customers.
 *
 * What a rule may cost is bounded; what is wrong with one is said as Python says it, and the others go on.
 * `rules time` measures. */
#include <burin/burin.h>
#include <burin/formula.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { RULES = 1000, CUSTOMERS = 200, FACTS = 4 };

static const char *const facts[FACTS] = {"age", "total", "country", "visits"};

/* What users write; %d is their own number. */
static const char *const texts[] = {
    "total > %d and country in ('de', 'fr')",
    "age >= 18 and visits * 2 + total / 10 > %d",
    "any(country == c for c in ['it', 'es']) or total // (visits + 1) > %d",
    "min(age, 65) * 3 > %d if country != 'us' else visits > 20",
    "sqrt(total) + len(country) > %d ** 0.5",
};
static const char *const mistakes[] = {
    "total > ",
    "totl > 100",
    "total / (visits - visits)",
    "[i for i in range(10**9)]",
    "open('/etc/passwd')",
    "country.__class__",
};

static burin_formula *rules[RULES];

static void facts_of(int customer, burin_value *out)
{
    static const char *const countries[] = {"de", "fr", "it", "es", "us"};
    out[0] = burin_int(16 + customer * 7 % 60);
    out[1] = burin_float(customer * 37 % 900 + 0.5);
    out[2] = burin_string_borrow(countries[customer % 5], 2);
    out[3] = burin_int(customer * 13 % 40);
}

static void say(const char *text, burin_error *err)
{
    printf("%-26s %s: %s", text, burin_status_class(err->status), err->message);
    if (err->suggestion)
        printf(" (%s)", err->suggestion);
    putchar('\n');
    burin_error_clear(err);
}

/* The facts that a rule reads, for an index from facts to rules. */
static burin_status read_name(void *user, burin_text name, unsigned uses)
{
    if (uses & BURIN_NAME_READ)
        for (int n = 0; n < FACTS; n++)
            if (strlen(facts[n]) == name.len && memcmp(facts[n], name.data, name.len) == 0)
                ((int *)user)[n]++;
    return BURIN_OK;
}

static void try_mistakes(burin_env *env)
{
    burin_value values[FACTS], value;
    burin_error err = BURIN_ERROR_INIT;
    facts_of(0, values);
    for (size_t n = 0; n < sizeof mistakes / sizeof mistakes[0]; n++) {
        burin_text     text = {mistakes[n], strlen(mistakes[n])};
        burin_formula *rule = burin_formula_compile(env, text, facts, FACTS, &err);
        if (!rule || burin_formula_eval(rule, values, &value, &err))
            say(mistakes[n], &err);
        burin_formula_free(rule);
    }
}

static int compile_rules(burin_env *env, int *readers)
{
    burin_error err = BURIN_ERROR_INIT;
    char        text[128];
    for (int n = 0; n < RULES; n++) {
        int len  = snprintf(text, sizeof text, texts[n % 5], n % 97 + 3);
        rules[n] = burin_formula_compile(env, (burin_text){text, (size_t)len}, facts, FACTS, &err);
        if (!rules[n] || burin_script_names(env, (burin_text){text, (size_t)len}, true, read_name, readers, &err)) {
            say(text, &err);
            return 0;
        }
    }
    return 1;
}

static long run_rules(void)
{
    burin_value values[FACTS];
    burin_error err     = BURIN_ERROR_INIT;
    long        matches = 0;
    for (int customer = 0; customer < CUSTOMERS; customer++) {
        facts_of(customer, values);
        for (int n = 0; n < RULES; n++) {
            bool holds = false;
            if (burin_formula_bool(rules[n], values, &holds, &err))
                say("a rule failed", &err);
            matches += holds;
        }
    }
    return matches;
}

int main(int argc, char **argv)
{
    burin_error   err     = BURIN_ERROR_INIT;
    burin_options options = burin_options_default();
    int           readers[FACTS] = {0};
    options.scripts       = true;
    options.limits.steps  = 100000; /* for each evaluation */
    options.limits.memory = 1 << 20;
    burin_env *env        = burin_env_new(&options, &err);
    if (!env)
        return 1;
    try_mistakes(env);
    int code = 1;
    if (compile_rules(env, readers)) {
        printf("%d rules; read by: age %d, total %d, country %d, visits %d\n", RULES, readers[0], readers[1], readers[2], readers[3]);
        clock_t begin = clock();
        printf("%d customers: %ld matches\n", CUSTOMERS, run_rules());
        if (argc > 1 && strcmp(argv[1], "time") == 0)
            printf("CPU time of a rule: %.0f ns\n", (double)(clock() - begin) / CLOCKS_PER_SEC * 1e9 / RULES / CUSTOMERS);
        code = 0;
    }
    for (int n = 0; n < RULES; n++)
        burin_formula_free(rules[n]);
    burin_env_unref(env);
    return code;
}
