// SPDX-License-Identifier: GPL-3.0-or-later
// A folder in which recipes are trained, and a forecast's data for it.
#pragma once

#include "core/base/file.h"
#include "core/learn/trainer.h"
#include "core/metrics/random.h"

#include <QDateTime>
#include <QTemporaryDir>

#include <cmath>

namespace pilothouse::test {

/// Hourly from 2024 on: rh2m is a cosine of the day about 60, t2m a sine about 10 with a uniform on top; the 200th hour is missing.
inline QByteArray hours(int rows) {
    QByteArray csv = "time,t2m,rh2m\n";
    metrics::Random random(4);
    for (int i = 0; i < rows; ++i) {
        if (i == 200)
            continue;
        const QDateTime time = QDateTime(QDate(2024, 1, 1), QTime(0, 0), Qt::UTC).addSecs(3600LL * i);
        csv += time.toString(Qt::ISODate).toLatin1() + ',' + QByteArray::number(10 + 8 * std::sin(i * 2 * 3.14159265 / 24) + random.uniform()) + ',' + QByteArray::number(60 + 10 * std::cos(i * 2 * 3.14159265 / 24)) + '\n';
    }
    return csv;
}

struct TrainingBench {
    QTemporaryDir folder;
    int runs = 0;

    QString path(const QString &name) const { return folder.filePath(name); }
    /// To train this text of a recipe, into a folder of its own.
    Result<learn::TrainOptions> options(const QByteArray &recipe) {
        PH_TRY(writeFileAtomically(path(QStringLiteral("recipe.yaml")), recipe));
        learn::TrainOptions o;
        PH_ASSIGN(o.recipe, workspace::readRecipe(path(QStringLiteral("recipe.yaml"))));
        o.out = path(QStringLiteral("package-%1").arg(++runs));
        o.user = QStringLiteral("ada");
        return o;
    }
    Result<learn::TrainResult> run(const QByteArray &recipe) {
        PH_ASSIGN(const learn::TrainOptions o, options(recipe));
        return learn::train(o);
    }
};

} // namespace pilothouse::test
