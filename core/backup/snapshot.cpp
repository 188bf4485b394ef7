#include "backup/snapshot.hpp"
