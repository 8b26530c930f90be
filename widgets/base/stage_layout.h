// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QPointF>
#include <QString>
#include <QStringList>

#include <vector>

namespace pilothouse::ui {

/// Where the stages of a run stand: a chain `perRow` a row and wrapped; branches one below the other, each in the column behind what it follows. Pure; tested.
struct StageLayout {
    struct Edge {
        int from = 0, to = 0;
        std::vector<QPointF> points; ///< the line to draw, from stage to stage
    };
    std::vector<QPointF> places;
    std::vector<Edge> edges;
    double column = 0, height = 0;
    bool branched = false; ///< some stages run beside others
};

struct StageSizes {
    double width = 800;
    double row = 96, branch = 72; ///< height of a row of a chain, of a branch
    int perRow = 8;
};

/// @param after  of each stage the places (in the list) of those that it follows; see stageOrder()
StageLayout layoutStages(const std::vector<std::vector<int>> &after, const StageSizes &sizes);

/// What each stage follows, by places in the list: of ids, where an unknown one is the run's begin; if no stage says any, each follows the one before. A stage that would follow itself
/// in the end, or a stage that another one between them follows already, is left out.
std::vector<std::vector<int>> stageOrder(const QStringList &ids, const std::vector<QStringList> &after);

} // namespace pilothouse::ui
