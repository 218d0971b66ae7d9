#include <chiso/error.h>

#include "core/utf8.h"
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

const char *chiso_strerror(int error)
{
    switch ((enum chiso_error)error) {
    case CHISO_OK:
        return "no error";
    case CHISO_EINVAL:
        return "malformed input";
    case CHISO_ERANGE:
        return "number outside its limits";
    case CHISO_ENOMEM:
        return "out of memory";
    case CHISO_ENOTFOUND:
        return "not found";
    case CHISO_ECONFLICT:
        return "changed by somebody else meanwhile";
    case CHISO_EIO:
        return "input or output failed";
    case CHISO_ETIMEOUT:
        return "no answer in time";
    case CHISO_EREFUSED:
        return "refused by a rule";
    case CHISO_EUNSUPPORTED:
        return "not supported";
    }
    return "unknown error";
}

void chiso_message_set(struct chiso_message *message, const char *format, ...)
{
    if (message == NULL)
        return;
    /* Three bytes more than fit, so that a character cut by vsnprintf lies beyond what is kept. */
    char text[CHISO_MESSAGE_BYTES + 3];
    va_list arguments;
    va_start(arguments, format);
    int printed = vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);

    size_t length = printed < 0 ? 0 : strlen(text);
    size_t at = 0;
    while (at < length) {
        size_t step = utf8_character(text + at, length - at);
        unsigned char byte = (unsigned char)text[at];
        if (at + (step > 0 ? step : 1) >= CHISO_MESSAGE_BYTES)
            break;
        if (step == 0 || byte < 0x20 || byte == 0x7F) {
            text[at] = '?';
            step = 1;
        }
        at += step;
    }
    memcpy(message->text, text, at);
    message->text[at] = '\0';
}
