/* What writer and reader of images agree on. */
#ifndef BURIN_CODEGEN_IMAGE_FORMAT_H
#define BURIN_CODEGEN_IMAGE_FORMAT_H

#include "codegen/ir/ir.h"

#define IMAGE_NO_TEXT UINT32_MAX /* the length of a text that is NULL */

static const char image_magic[8] = "burin i2";

#endif
