/* A backend plugin in plain C. It is as it should be but for what a definition of the build
 * changes. */
#include <nexus/backend_abi.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#ifndef ODD_SYMBOL
#define ODD_SYMBOL nexus_backend_v1
#endif
#ifndef ODD_RESULT
#define ODD_RESULT &descriptor
#endif
#ifndef ODD_SIZE
#define ODD_SIZE sizeof(nexus_backend_descriptor)
#endif
#ifndef ODD_NAME
#define ODD_NAME "odd"
#endif
#ifndef ODD_SCHEMA
#define ODD_SCHEMA "{\"type\": \"object\", \"additionalProperties\": false}"
#endif
#ifndef ODD_TRANSFER
#define ODD_TRANSFER transfer
#endif
#ifndef ODD_FEATURE
#define ODD_FEATURE NULL
#endif
#ifndef ODD_REPLY
#define ODD_REPLY "{\"message\": \"odd\", \"engine\": \"none\"}"
#endif
#ifndef ODD_CODE
#define ODD_CODE NEXUS_OK
#endif
#ifndef ODD_INSTANCE
#define ODD_INSTANCE &instance
#endif
#ifndef ODD_VERSION
#define ODD_VERSION "1.0.0"
#endif
#ifndef ODD_CREATE_CODE
#define ODD_CREATE_CODE NEXUS_OK
#endif
/* What create does besides. */
#ifndef ODD_EFFECT
#define ODD_EFFECT 0
#endif
/* What call does where the sink takes no more. */
#ifndef ODD_FULL
#define ODD_FULL (void)0
#endif

static char instance;

static int32_t create(const nexus_host* host, const char* config, size_t config_size, void** self,
                      const nexus_sink* error) {
    (void)host, (void)config, (void)config_size, (void)error, (void)instance;
    (void)(ODD_EFFECT);
    *self = ODD_INSTANCE;
    return ODD_CREATE_CODE;
}

static int32_t call(void* self, const nexus_ctx* ctx, int32_t op, const char* request,
                    size_t request_size, const nexus_sink* reply) {
    (void)self, (void)ctx, (void)op, (void)request, (void)request_size;
    if (reply->write(reply->self, ODD_REPLY, sizeof(ODD_REPLY) - 1) != 0) ODD_FULL;
    return ODD_CODE;
}

static int32_t transfer(void* self, const nexus_ctx* ctx, int32_t op, const char* request,
                        size_t request_size, int32_t fd, const nexus_sink* reply) {
    (void)fd;
    return call(self, ctx, op, request, request_size, reply);
}

static void destroy(void* self) {
    (void)self;
}

static const char* const features[] = {ODD_FEATURE, NULL};

static const nexus_backend_descriptor descriptor = {ODD_SIZE,   NEXUS_BACKEND_ABI_MINOR,
                                                    ODD_NAME,   ODD_VERSION,
                                                    ODD_SCHEMA, create,
                                                    call,       ODD_TRANSFER,
                                                    destroy,    features};

/* Another one each time. */
static const nexus_backend_descriptor* copy(void) {
    static nexus_backend_descriptor copies[2];
    static int calls;
    copies[++calls % 2] = descriptor;
    return &copies[calls % 2];
}

#ifdef ODD_EXTRA
void odd_extra(void);
void odd_extra(void) {}
#endif

const nexus_backend_descriptor* ODD_SYMBOL(void);
const nexus_backend_descriptor* ODD_SYMBOL(void) {
    (void)descriptor, (void)transfer, (void)copy;
    return ODD_RESULT;
}
