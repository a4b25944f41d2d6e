/* Data that stays where it is: a template reads the program's own structs. */
#include <burin/burin.h>

#include <stdio.h>

typedef enum level { FREE, PRO } level;

typedef struct track {
    const char *title;
    uint16_t    seconds;
} track;

typedef struct album {
    char         artist[24];
    const track *tracks;
    size_t       track_count;
    level        needs;
    struct album *sequel; /* NULL: none */
} album;

static const burin_enum   levels[]       = {{"free", FREE}, {"pro", PRO}, {NULL, 0}};
static const burin_field  track_fields[] = {BURIN_FIELD(track, title), BURIN_FIELD(track, seconds)};
static const burin_field  album_fields[] = {
    BURIN_CHARS(album, artist),         BURIN_STRUCTS(album, tracks, track_count, "track"),
    BURIN_NAMED(album, needs, levels),  BURIN_POINTER(album, sequel, "album"),
};
static const burin_struct structs[] = {BURIN_DESCRIBE(track, "track", track_fields), BURIN_DESCRIBE(album, "album", album_fields)};

static const char source[] = "{{ album.artist }} ({{ album.needs }}), {{ album.tracks | length }} tracks\n"
                             "{% for t in album.tracks | sort(attribute='title') %}"
                             "  {{ '%-10s' | format(t.title) }} {{ t.seconds // 60 }}:{{ '%02d' | format(t.seconds % 60) }}\n"
                             "{% endfor %}"
                             "{{ album.tracks | sum(attribute='seconds') }} seconds, then {{ album.sequel.artist or 'nothing' }}\n"
                             "as JSON: {{ album.tracks[0] | tojson }}";

int main(void)
{
    static const track tracks[] = {{"Morning", 185}, {"Evening", 241}, {"Noon", 62}};
    album              next     = {.artist = "The Others"};
    album              first    = {.artist = "The Ones", .tracks = tracks, .track_count = 3, .needs = PRO, .sequel = &next};
    burin_error        err      = BURIN_ERROR_INIT;
    burin_types       *types    = burin_types_new(structs, 2, NULL, 0, NULL, &err);
    burin_env         *env      = burin_env_new(NULL, &err);
    burin_heap        *heap     = burin_heap_new(NULL);
    burin_template    *tpl      = NULL;
    burin_render      *render   = NULL;
    int                code     = 1;

    if (!types || !env || !heap || burin_env_set_types(env, types))
        goto done;
    tpl    = burin_template_from_string(env, "album", (burin_text){source, sizeof source - 1}, &err);
    render = burin_render_new(env, &err);
    if (!tpl || !render)
        goto done;
    burin_value vars = burin_dict(heap, 1);
    burin_dict_set_z(heap, vars, "album", burin_struct_value(types, "album", &first));
    if (burin_render_file(render, tpl, vars, stdout, &err) || puts("") < 0)
        goto done;
    code = 0;
done:
    if (code)
        fprintf(stderr, "%s: %s\n", burin_status_class(err.status), err.message ? err.message : "");
    burin_error_clear(&err);
    burin_render_free(render);
    burin_template_unref(tpl);
    burin_heap_free(heap);
    burin_env_unref(env);
    burin_types_free(types); /* last: the environment's templates use it */
    return code;
}
