/* --profile, --without, --readonly. */
#include "cli/profile.h"

#include "cli/cli.h"

#include <stdlib.h>
#include <string.h>

/* What asteval leaves out with minimal=True. */
static const burin_feature minimal[] = {BURIN_FEATURE_IF,        BURIN_FEATURE_FOR,    BURIN_FEATURE_WHILE,  BURIN_FEATURE_TRY,   BURIN_FEATURE_FUNCTIONDEF, BURIN_FEATURE_IFEXP,
                                        BURIN_FEATURE_AUGASSIGN, BURIN_FEATURE_ASSERT, BURIN_FEATURE_DELETE, BURIN_FEATURE_RAISE, BURIN_FEATURE_LISTCOMP,    BURIN_FEATURE_PRINT};

static bool take_away(const cli_options *options, burin_profile *profile)
{
    const char *word;
    if (options_is(options, OPT_PROFILE, "minimal"))
        for (size_t n = 0; n < sizeof minimal / sizeof minimal[0]; n++)
            profile->without |= 1u << minimal[n];
    for (size_t n = 0; (word = options_nth(options, OPT_WITHOUT, n)) != NULL; n++) {
        burin_feature feature = burin_feature_named(word);
        if (feature == BURIN_FEATURE_COUNT) {
            misused(options->command, "--without: the language has no feature '%s'", word);
            return false;
        }
        profile->without |= 1u << feature;
    }
    return true;
}

/* The names of --readonly, ended by NULL; to be freed. */
static const char **readonly_names(const cli_options *options, burin_profile *profile)
{
    const char  *word;
    size_t       count = 0, kept = 0;
    while (options_nth(options, OPT_READONLY, count))
        count++;
    const char **names = malloc((count + 1) * sizeof *names);
    for (size_t n = 0; names && (word = options_nth(options, OPT_READONLY, n)) != NULL; n++) {
        if (strcmp(word, "builtins") == 0)
            profile->builtins_readonly = true;
        else
            names[kept++] = word;
    }
    if (names)
        names[kept] = NULL;
    return names;
}

bool profile_set(const cli_options *options, burin_interpreter *in)
{
    burin_profile profile = {0};
    burin_error   err     = BURIN_ERROR_INIT;
    if (options_is(options, OPT_PROFILE, "asteval") || options_is(options, OPT_PROFILE, "minimal"))
        profile = burin_profile_asteval();
    if (!take_away(options, &profile))
        return false;
    const char **names = readonly_names(options, &profile);
    profile.readonly   = names;
    bool done          = names && !burin_interpreter_set_profile(in, &profile, &err);
    if (!done)
        complain("out of memory");
    burin_error_clear(&err);
    free(names);
    return done;
}
