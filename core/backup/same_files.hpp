// Whether two tars hold the same files, where their bytes differ. Threads: any.
#pragma once

#include <string>

#include "backup/pipe.hpp"

namespace nexus::backup {

// Each of the two writes a tar, in the same order of names, to the descriptor that it is given. The
// first thing in which the second differs from the first, in a few words; empty: nothing. With
// `content_only` it is no matter whose a file is, and who may do what with it. A file that is
// sparse in one of them alone is compared by its size. Throws what the two throw, and BackendError
// `invalid` for what is no tar.
std::string first_difference(const OnDescriptor& expected, const OnDescriptor& found,
                             bool content_only);

}  // namespace nexus::backup
