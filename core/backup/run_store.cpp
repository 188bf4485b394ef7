#include "backup/run_store.hpp"
