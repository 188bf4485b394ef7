#include <nexus/backend_abi.h>

/* What a C compiler makes of the structs, for abi_header_test.cpp to compare. */
size_t abi_size_in_c(int index);

size_t abi_size_in_c(int index) {
    switch (index) {
        case 0:
            return sizeof(nexus_sink);
        case 1:
            return sizeof(nexus_host);
        case 2:
            return sizeof(nexus_ctx);
        default:
            return sizeof(nexus_backend_descriptor);
    }
}
