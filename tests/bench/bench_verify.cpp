// SPDX-License-Identifier: GPL-3.0-or-later
// bench_verify FOLDER MEGABYTES: makes a package with weights of that size in FOLDER once, opens it five times (which checks every
// byte) and prints {"bytes_per_s","bytes","runs"} of the median. The file comes from the page cache, as after a download.
#include "core/artifact/package.h"
#include "core/artifact/package_writer.h"
#include "core/base/file.h"
#include "core/metrics/random.h"
#include "tests/bench/stopwatch.h"

#include <QCoreApplication>
#include <QFileInfo>
#include <QJsonDocument>

#include <algorithm>
#include <cstdio>

using namespace pilothouse;

namespace {

Result<void> makePackage(const QString &folder, qint64 megabytes) {
    artifact::PackageContents contents;
    contents.ml.runId = contents.ml.uuid = QString(32, QLatin1Char('0'));
    contents.ml.created = QStringLiteral("2026-01-01T00:00:00.000Z");
    contents.ml.estimator = QStringLiteral("none");
    contents.ml.modelType = QStringLiteral("linear");
    contents.signature.inputs = {{QStringLiteral("x"), data::ColumnType::Number, {}, false}};
    contents.signature.outputs = {QStringLiteral("y")};
    contents.signature.target = QStringLiteral("y");
    const auto written = artifact::writePackage(folder, std::move(contents), [megabytes](const QString &into) -> Result<QStringList> {
        QByteArray bytes(megabytes << 20, Qt::Uninitialized);
        metrics::Random random(1, 1);
        for (qsizetype i = 0; i + 8 <= bytes.size(); i += 8) {
            const double value = random.uniform();
            std::copy_n(reinterpret_cast<const char *>(&value), 8, bytes.data() + i);
        }
        PH_TRY(writeFileAtomically(into + QStringLiteral("/model.bin"), bytes));
        return QStringList{QStringLiteral("model.bin")};
    });
    return written ? Result<void>() : Result<void>(written.error());
}

} // namespace

int main(int argc, char **argv) {
    QCoreApplication application(argc, argv);
    if (argc != 3) {
        std::fprintf(stderr, "bench_verify FOLDER MEGABYTES\n");
        return 2;
    }
    const QString folder = QString::fromLocal8Bit(argv[1]);
    const qint64 bytes = std::atoll(argv[2]) << 20;
    if (!QFileInfo::exists(folder))
        if (const auto made = makePackage(folder, bytes >> 20); !made) {
            std::fprintf(stderr, "%s\n", qUtf8Printable(made.error().text()));
            return exitCode(made.error().kind);
        }
    std::vector<double> seconds;
    for (int run = 0; run < 5; ++run) {
        const double begun = wall();
        const auto package = artifact::openPackage(folder);
        if (!package) {
            std::fprintf(stderr, "%s\n", qUtf8Printable(package.error().text()));
            return exitCode(package.error().kind);
        }
        seconds.push_back(wall() - begun);
    }
    std::printf("%s\n", QJsonDocument(QJsonObject{{QStringLiteral("bytes_per_s"), double(bytes) / median(seconds)}, {QStringLiteral("bytes"), bytes}, {QStringLiteral("runs"), 5}}).toJson(QJsonDocument::Compact).constData());
    return 0;
}
