#include "backup/capture.hpp"
