// While it lives, libarchive takes the names of this thread for bytes: in any other locale than "C"
// it would convert them, and one that is not UTF-8 would not come back as it was.
// Threads: made and destroyed in the thread that reads or writes the archive.
#pragma once

#include <clocale>

namespace nexus::archive {

class TarLocale {
  public:
    TarLocale() : bytes_(::newlocale(LC_ALL_MASK, "C", nullptr)), before_(::uselocale(bytes_)) {}
    TarLocale(const TarLocale&) = delete;
    TarLocale& operator=(const TarLocale&) = delete;
    ~TarLocale() {
        ::uselocale(before_);
        ::freelocale(bytes_);
    }

  private:
    locale_t bytes_;
    locale_t before_;
};

}  // namespace nexus::archive
