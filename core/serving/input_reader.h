// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/artifact/scorer.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace pilothouse::serving {

/// How rows stand in a body.
///   Rest      {"features":[…]} or {"MedInc":8.3,…}: one row;  {"rows":[[…]|{…},…]} or a list of rows: many
///   KserveV1  {"instances":[[…]|{…},…]}
///   KserveV2  {"id"?,"inputs":[{"name","shape","datatype","data"}],"outputs"?:[{"name"}]}: one tensor [n, k], or one of n values for each input
enum class Protocol : std::uint8_t { Rest = 0, KserveV1 = 1, KserveV2 = 2 };

/// Why a body is not rows of this model.
struct InputProblem {
    int status = 422;  ///< 400: not JSON; 413: too many rows; 422: the schema is broken
    std::string field; ///< "MedInc", "rows[3].MedInc", "" for the body as a whole
    std::string what, hint;
};

struct ReadInput {
    bool many = false;     ///< asked as a list (answered as one, also when it holds one row)
    std::string requestId; ///< V2: echoed
    std::vector<std::size_t> outputs; ///< V2: places in outputTensors() of what was asked for; empty: all
};

inline constexpr std::size_t maxRowsPerRequest = 100000;

/// Reads request bodies into the rows of one model, names, types and missing values checked. Any thread; the parser's
/// memory is kept per thread.
class InputReader {
public:
    explicit InputReader(const artifact::Signature &signature);
    /// @param body with spare capacity it is read in place, else copied once.
    std::optional<InputProblem> read(Protocol protocol, const std::string &body, data::Rows &rows, ReadInput &input) const;
    std::size_t width() const { return m_inputs.size(); }
    const std::vector<data::Input> &inputs() const { return m_inputs; }

private:
    struct Body;
    struct TextHash {
        using is_transparent = void;
        std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>()(text); }
    };
    using Codes = std::unordered_map<std::string, double, TextHash, std::equal_to<>>;
    struct Known {
        std::string name;
        bool category = false, optional = false;
        Codes codes;
        double codeOf(std::string_view text) const; ///< -1: not among them
    };
    bool readPlain(Protocol protocol, const std::string &body, data::Rows &rows) const;
    std::optional<InputProblem> readRest(const Body &body, data::Rows &rows, ReadInput &input) const;
    std::optional<InputProblem> readList(const Body &list, std::string_view name, data::Rows &rows) const;
    std::optional<InputProblem> readTensors(const Body &body, data::Rows &rows, ReadInput &input) const;
    std::optional<InputProblem> readOutputs(const Body &list, ReadInput &input) const;
    std::optional<InputProblem> readTensor(const Body &tensor, std::size_t index, bool only, data::Rows &rows, std::vector<char> &seen) const;
    std::optional<InputProblem> readRow(const Body &row, const std::string &prefix, double *out) const;
    std::optional<InputProblem> readNamed(const Body &object, const std::string &prefix, double *out) const;
    std::optional<InputProblem> readCell(const Body &value, std::size_t column, const std::string &prefix, double &out) const;
    std::optional<InputProblem> missing(std::size_t column, const std::string &prefix) const;
    std::optional<std::size_t> columnOf(std::string_view name, std::size_t expected) const;
    std::string nearestName(std::string_view name) const;

    std::vector<data::Input> m_inputs;
    std::vector<Known> m_known;
    bool m_plainNames = true; ///< they stand in JSON as they are
    std::unordered_map<std::string, std::size_t> m_byName;
    std::vector<std::string> m_outputs; ///< names of outputTensors()
};

} // namespace pilothouse::serving
