// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/metrics/metric_entry.h"

namespace pilothouse::metrics {

namespace {

using Figure = double (Confusion::*)(std::size_t) const;

double ofPositive(const Draw &draw, Figure figure) { return (draw.confusion().*figure)(1); }

/// Mean over the classes that are true or predicted somewhere.
double macro(const Draw &draw, Figure figure) {
    const Confusion &c = draw.confusion();
    double sum = 0, there = 0;
    for (std::size_t i = 0; i < c.classes; ++i) {
        if (c.truth[i] + c.predicted[i] == 0)
            continue;
        sum += (c.*figure)(i);
        there += 1;
    }
    return sum / there;
}

/// Mean weighted by how often each class is true.
double weighted(const Draw &draw, Figure figure) {
    const Confusion &c = draw.confusion();
    double sum = 0;
    for (std::size_t i = 0; i < c.classes; ++i)
        sum += c.truth[i] * (c.*figure)(i);
    return sum / c.total;
}

/// Every row is one prediction: precision, recall and F1 over all are the share of right ones.
double micro(const Draw &draw) {
    const Confusion &c = draw.confusion();
    double right = 0;
    for (std::size_t i = 0; i < c.classes; ++i)
        right += c.cells[i * c.classes + i];
    return right / c.total;
}

} // namespace

PILOTHOUSE_SCORE(precision, twoClasses, 20, ZeroOne, [](const Draw &draw) { return ofPositive(draw, &Confusion::precision); })
PILOTHOUSE_SCORE(recall, twoClasses, 30, ZeroOne, [](const Draw &draw) { return ofPositive(draw, &Confusion::recall); })
PILOTHOUSE_SCORE(f1, twoClasses, 40, ZeroOne, [](const Draw &draw) { return ofPositive(draw, &Confusion::f1); })
PILOTHOUSE_SCORE(precision_macro, classes, 160, ZeroOne, [](const Draw &draw) { return macro(draw, &Confusion::precision); })
PILOTHOUSE_SCORE(recall_macro, classes, 170, ZeroOne, [](const Draw &draw) { return macro(draw, &Confusion::recall); })
PILOTHOUSE_SCORE(f1_macro, classes, 180, ZeroOne, [](const Draw &draw) { return macro(draw, &Confusion::f1); })
PILOTHOUSE_SCORE(precision_micro, classes, 190, ZeroOne, micro)
PILOTHOUSE_SCORE(recall_micro, classes, 200, ZeroOne, micro)
PILOTHOUSE_SCORE(f1_micro, classes, 210, ZeroOne, micro)
PILOTHOUSE_SCORE(precision_weighted, classes, 220, ZeroOne, [](const Draw &draw) { return weighted(draw, &Confusion::precision); })
PILOTHOUSE_SCORE(recall_weighted, classes, 230, ZeroOne, [](const Draw &draw) { return weighted(draw, &Confusion::recall); })
PILOTHOUSE_SCORE(f1_weighted, classes, 240, ZeroOne, [](const Draw &draw) { return weighted(draw, &Confusion::f1); })

} // namespace pilothouse::metrics
