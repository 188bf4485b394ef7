// How one kind of engine gives and takes the content of a volume as a tar, for a runner that cannot
// see the volume's folder. Threads: plain values.
#pragma once

#include <nexus/backend.hpp>
#include <string>
#include <vector>

#include "engine/request.hpp"

namespace nexus::engine {

struct ArchiveWay {
    // The engine's name for an image of ours that holds nothing, and what makes that.
    std::string image;
    Request (*import_image)();
    // A container of that image, which is never started, with the volume at volume_target.
    Request (*create_holder)(const std::string& name, const std::string& image,
                             const std::string& volume, const Labels& labels);

    std::string export_path;  // what is asked for
    Query import_query;       // where an import goes, and whose the files are to be
    std::string prefix;       // of every name in it

    // What either way does not keep, a few words each.
    std::vector<std::string> export_losses;
    std::vector<std::string> import_losses;
    // Names that the engine leaves out of an export without a word, where they are in the volume's
    // own folder.
    std::vector<std::string> left_out;
};

inline constexpr const char* volume_target = "/vol";

// The words of VolumeCopy::method.
inline constexpr const char* mount_point_method = "mount_point";
inline constexpr const char* archive_method = "archive";

}  // namespace nexus::engine
