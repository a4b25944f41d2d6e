/* An animation: 10,000 values a frame, each an expression of the time and of what its particle is.
 *
 * Artists change the expressions while it runs: a text is compiled in microseconds, evaluating it makes no malloc.
 * `animation time` measures frames against the 16.7 ms that 60 a second leave. */
#include <burin/burin.h>
#include <burin/formula.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { PARTICLES = 2000, CHANNELS = 5, FRAMES = 60 };

static const char *const names[] = {"t", "i", "phase", "speed"};
static const char *const channels[CHANNELS][2] = {
    {"x", "100 * cos(speed * t + phase)"},
    {"y", "100 * sin(speed * t + phase) + 4 * sin(8 * t)"},
    {"size", "2 + (i % 5) * 0.5 if t < 0.5 else 3"},
    {"hue", "(phase * 57.3 + t * 90) % 360"},
    {"alpha", "min(1, max(0, 1.2 - abs(t - 0.5)))"},
};

static double frame_values[CHANNELS][PARTICLES];

static int compile_channels(burin_env *env, burin_formula **out)
{
    burin_error err = BURIN_ERROR_INIT;
    for (int n = 0; n < CHANNELS; n++) {
        out[n] = burin_formula_compile(env, (burin_text){channels[n][1], strlen(channels[n][1])}, names, 4, &err);
        if (!out[n]) {
            char *text = burin_error_format(&err, false);
            fprintf(stderr, "%s: %s", channels[n][0], text);
            free(text);
            burin_error_clear(&err);
            return 0;
        }
    }
    return 1;
}

static int draw(burin_formula **formulas, double t)
{
    burin_error err = BURIN_ERROR_INIT;
    for (int i = 0; i < PARTICLES; i++) {
        burin_value values[] = {burin_float(t), burin_int(i), burin_float(i * 0.01), burin_float(1 + i % 7 * 0.25)};
        for (int n = 0; n < CHANNELS; n++)
            if (burin_formula_double(formulas[n], values, &frame_values[n][i], &err)) {
                fprintf(stderr, "%s: %s\n", channels[n][0], err.message);
                burin_error_clear(&err);
                return 0;
            }
    }
    return 1;
}

static int by_size(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

int main(int argc, char **argv)
{
    burin_error    err     = BURIN_ERROR_INIT;
    burin_options  options = burin_options_default();
    burin_formula *formulas[CHANNELS] = {NULL};
    double         took[FRAMES];
    options.scripts = true;
    burin_env *env  = burin_env_new(&options, &err);
    int        good = env && compile_channels(env, formulas);
    for (int frame = 0; good && frame < FRAMES; frame++) {
        clock_t begin = clock();
        good          = draw(formulas, frame / 60.0);
        took[frame]   = (double)(clock() - begin) * 1e3 / CLOCKS_PER_SEC;
        if (good && frame % 20 == 0)
            printf("frame %2d: particle 7 at (%.3f, %.3f), size %.1f, hue %.1f, alpha %.2f\n", frame, frame_values[0][7], frame_values[1][7],
                   frame_values[2][7], frame_values[3][7], frame_values[4][7]);
    }
    if (good)
        printf("%d frames of %d values\n", FRAMES, PARTICLES * CHANNELS);
    if (good && argc > 1 && strcmp(argv[1], "time") == 0) {
        qsort(took, FRAMES, sizeof *took, by_size);
        printf("CPU time of a frame: median %.2f ms, worst %.2f ms, of 16.67\n", took[FRAMES / 2], took[FRAMES - 1]);
    }
    for (int n = 0; n < CHANNELS; n++)
        burin_formula_free(formulas[n]);
    burin_env_unref(env);
    return good ? 0 : 1;
}
