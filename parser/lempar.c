/* The driver of the parser that lemon generates: lemon puts its tables and the grammar's actions at the lines of two percent signs.
 *
 * Two grammars share it. Before it is included a grammar defines what is its own: GRAMMAR(name), the functions' names;
 * GRAMMAR_PARSER and GRAMMAR_TOKEN, its types; GRAMMAR_NEXT(p, t), which gives the next token and its terminal, 0 at the end and
 * less after a failure; GRAMMAR_FAIL_NESTING, GRAMMAR_FAIL_MEMORY and GRAMMAR_UNEXPECTED.
 * Differs from lemon's own template (public domain, whose table lookups these are) in what a library needs: the stack
 * grows in the arena and is bounded, a failure in an action stops the parse at once, nothing is global, nothing is
 * printed, and grammar_accepts tries a terminal without consuming it, which is where "expected token" comes from. */
%%
%%
#ifndef INTERFACE
#define INTERFACE 1
#endif
%%
#define yytestcase(rule)
#define YY_NLOOKAHEAD ((int)(sizeof(yy_lookahead) / sizeof(yy_lookahead[0])))
%%
#ifdef YYFALLBACK
#error "words are classified by the feeder, the grammar needs no fallbacks"
static const YYCODETYPE yyFallback[] = {
%%
};
#endif

typedef struct yyStackEntry {
    YYACTIONTYPE stateno; /* a state, or after a shift that completes a rule: the reduction that is due */
    YYCODETYPE   major;
    YYMINORTYPE  minor;
} yyStackEntry;

typedef struct yyParser {
    yyStackEntry *yytos;
    yyStackEntry *yystack, *yylast; /* the first entry, the last there is room for */
    int           yystkmax;         /* entries */
    ParseCTX_SDECL
} yyParser;

enum { STACK_START = 64 };

#ifdef GRAMMAR_NAMES /* for those who debug the grammar */
static const char *const yyTokenName[] = {
%%
};
static const char *const yyRuleName[] = {
%%
};
/* nothing to destroy: everything lives in the arena
%%
*/
#endif

static YYACTIONTYPE yy_find_shift_action(YYCODETYPE lookahead, YYACTIONTYPE stateno)
{
    if (stateno > YY_MAX_SHIFT)
        return stateno;
    assert(stateno <= YY_SHIFT_COUNT);
    int at = yy_shift_ofst[stateno] + lookahead;
    assert(at >= 0 && at < YY_NLOOKAHEAD);
    return yy_lookahead[at] == lookahead ? yy_action[at] : yy_default[stateno];
}

static YYACTIONTYPE yy_find_reduce_action(YYACTIONTYPE stateno, YYCODETYPE symbol)
{
    assert(stateno <= YY_REDUCE_COUNT);
    int at = yy_reduce_ofst[stateno] + symbol;
    assert(at >= 0 && at < YY_ACTTAB_COUNT && yy_lookahead[at] == symbol);
    return yy_action[at];
}

#if 0 /* what to do when the stack overflows is the caller's business: yy_grow has reported it
%%
*/
#endif

static void yy_use(yyParser *yypParser, yyStackEntry *stack, int entries, int used)
{
    yypParser->yystack = stack;
    yypParser->yytos   = stack + used - 1;
    yypParser->yylast  = stack + entries - 1;
}

static bool yy_grow(yyParser *yypParser)
{
    ParseCTX_FETCH
    int used = (int)(yypParser->yytos - yypParser->yystack) + 1;
    if (used >= yypParser->yystkmax) {
        GRAMMAR_FAIL_NESTING(p);
        return false;
    }
    yyStackEntry *more = arena_alloc(p->arena, (size_t)used * 2 * sizeof(yyStackEntry));
    if (!more) {
        GRAMMAR_FAIL_MEMORY(p);
        return false;
    }
    memcpy(more, yypParser->yystack, (size_t)used * sizeof(yyStackEntry));
    yy_use(yypParser, more, used * 2, used);
    return true;
}

/* Room for one more entry. */
static inline bool yy_has_room(yyParser *yypParser) { return BURIN_LIKELY(yypParser->yytos < yypParser->yylast) || yy_grow(yypParser); }

static const YYCODETYPE yyRuleInfoLhs[] = {
%%
};

static const signed char yyRuleInfoNRhs[] = {
%%
};

/* Run the action of a rule and go where its left side leads. */
static BURIN_INLINE YYACTIONTYPE yy_reduce(yyParser *yypParser, unsigned yyruleno ParseCTX_PDECL)
{
    yyStackEntry *yymsp = yypParser->yytos;

    switch (yyruleno) {
%%
    }
    YYCODETYPE   yygoto = yyRuleInfoLhs[yyruleno];
    int          yysize = yyRuleInfoNRhs[yyruleno];
    YYACTIONTYPE yyact  = yy_find_reduce_action(yymsp[yysize].stateno, yygoto);
    yymsp += yysize + 1;
    yypParser->yytos = yymsp;
    yymsp->stateno   = yyact;
    yymsp->major     = yygoto;
    return yyact;
}

#if 0 /* there is no recovery, a syntax error is reported where it is found, and acceptance needs no work
%%
%%
%%
*/
#endif

size_t GRAMMAR(size)(void) { return sizeof(yyParser); }

bool GRAMMAR(init)(void *grammar, GRAMMAR_PARSER *p)
{
    yyParser *yypParser = grammar;

    ParseCTX_STORE
    yyStackEntry *stack = arena_alloc(p->arena, STACK_START * sizeof(yyStackEntry));
    if (!stack)
        return false;
    yypParser->yystkmax = (int)p->nesting_max * 8 + 256;
    yy_use(yypParser, stack, STACK_START, 1);
    yypParser->yytos->stateno = 0;
    yypParser->yytos->major   = 0;
    return true;
}

static BURIN_INLINE void yy_feed(yyParser *yypParser, YYCODETYPE yymajor, const GRAMMAR_TOKEN *t)
{
    YYACTIONTYPE yyact = yypParser->yytos->stateno;
    ParseCTX_FETCH

    for (;;) {
        yyact = yy_find_shift_action(yymajor, yyact);
        if (yyact < YY_MIN_REDUCE)
            break;
        unsigned yyruleno = yyact - YY_MIN_REDUCE;
        if (yyRuleInfoNRhs[yyruleno] == 0 && !yy_has_room(yypParser))
            return;
        yyact = yy_reduce(yypParser, yyruleno ParseCTX_PARAM);
        if (BURIN_UNLIKELY(p->status))
            return;
    }
    if (BURIN_LIKELY(yyact <= YY_MAX_SHIFTREDUCE)) {
        if (!yy_has_room(yypParser))
            return;
        if (yyact > YY_MAX_SHIFT)
            yyact += YY_MIN_REDUCE - YY_MIN_SHIFTREDUCE;
        yyStackEntry *top = ++yypParser->yytos;
        top->stateno   = yyact;
        top->major     = yymajor;
        top->minor.yy0 = *t;
    } else if (yyact != YY_ACCEPT_ACTION)
        GRAMMAR_UNEXPECTED(p, t);
}

void GRAMMAR(run)(void *grammar, GRAMMAR_PARSER *p, int start)
{
    GRAMMAR_TOKEN t        = p->current;
    int           terminal = start;

    do {
        yy_feed(grammar, (YYCODETYPE)terminal, &t);
    } while (terminal != 0 && !p->status && (terminal = GRAMMAR_NEXT(p, &t)) >= 0);
}

/* Walks the reductions that the terminal would cause, on a stack of state numbers: `base` entries of the real one are
 * still standing, `made` states were put on them. */
bool GRAMMAR(accepts)(const void *grammar, int terminal)
{
    const yyParser *yypParser = grammar;
    int             base      = (int)(yypParser->yytos - yypParser->yystack) + 1;
    int             count     = 0;
    YYACTIONTYPE    made[64];
    YYACTIONTYPE    yyact = yypParser->yytos->stateno;

    for (;;) {
        yyact = yy_find_shift_action((YYCODETYPE)terminal, yyact);
        if (yyact < YY_MIN_REDUCE)
            return yyact <= YY_MAX_SHIFTREDUCE || yyact == YY_ACCEPT_ACTION;
        unsigned yyruleno = yyact - YY_MIN_REDUCE;
        int      pop      = -yyRuleInfoNRhs[yyruleno];
        int      unmade   = pop < count ? pop : count;
        count -= unmade;
        base -= pop - unmade;
        YYACTIONTYPE below = count > 0 ? made[count - 1] : yypParser->yystack[base - 1].stateno;
        yyact = yy_find_reduce_action(below, yyRuleInfoLhs[yyruleno]);
        assert(count < (int)(sizeof made / sizeof made[0])); /* reductions shorten the stack but for a few empty rules */
        made[count++] = yyact;
    }
}
%%
