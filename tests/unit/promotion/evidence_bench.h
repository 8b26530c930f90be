// SPDX-License-Identifier: GPL-3.0-or-later
// Data, tiny packages that say they were trained on it, and the evidence sheets about them.
#pragma once

#include "core/base/hash.h"
#include "core/promotion/evidence.h"
#include "tests/support/tiny_package.h"

#include <QTemporaryDir>

namespace pilothouse::test {

inline constexpr int rowCount = 1000;

inline double xOf(int i) { return (i * 37 % 101) / 10.0; }
inline double zOf(int i) { return (i * 53 % 89) / 7.0; }
inline double yOf(int i) { return 2 * xOf(i) + zOf(i) + ((i * 7919) % 13 - 6) / 10.0; } // noise in −0.6 … 0.6
inline bool tests(int i) { return i % 5 == 4; }

/// A CSV of y = 2x + z + noise, and packages trained on it (or so they say).
struct EvidenceBench {
    QTemporaryDir folder;
    QString csv = folder.filePath(QStringLiteral("tiny.csv"));
    int made = 0;

    EvidenceBench() { write(0); }
    void write(double shift) const {
        QByteArray text = "x,z,y\n";
        for (int i = 0; i < rowCount; ++i)
            text += QByteArray::number(xOf(i), 'g', 17) + ',' + QByteArray::number(zOf(i), 'g', 17) + ',' + QByteArray::number(yOf(i) + shift, 'g', 17) + '\n';
        if (!writeFileAtomically(csv, text))
            qFatal("could not write the data");
    }
    QByteArray recipe(const QByteArray &more = "gates: [r2 >= 0.5]\n") const {
        return "recipe: tiny\ndata: {source: " + csv.toUtf8() + "}\ntask: regression\ntarget: y\nsplit: {every: 5}\nestimators: [linear_regression]\n" + more;
    }
    TinyModel model(double a, double b = 1) const {
        TinyModel m;
        m.a = a;
        m.b = b;
        m.recipe = recipe();
        m.data = {{QStringLiteral("source"), csv}, {QStringLiteral("sha256"), *sha256OfFile(csv)}, {QStringLiteral("rows"), rowCount}};
        m.trainRows = hashes([](int i) { return !tests(i); });
        m.metrics = {{QStringLiteral("test"), QJsonObject{{QStringLiteral("r2"), 0.9}}}};
        artifact::LabelledRows sample;
        for (int i = 4; i < 600; i += 5) {
            sample.inputs.values.insert(sample.inputs.values.end(), {xOf(i), zOf(i)});
            sample.targets.push_back(yOf(i));
            sample.tableRows.push_back(sample.tableRows.size());
        }
        sample.inputs.count = sample.tableRows.size();
        sample.inputs.width = 2;
        m.sample = sample;
        return m;
    }
    template<class Fn>
    static std::vector<std::uint64_t> hashes(Fn wanted) {
        std::vector<std::uint64_t> out;
        for (int i = 0; i < rowCount; ++i)
            if (wanted(i)) {
                const double in[]{xOf(i), zOf(i)}, target[]{yOf(i)};
                out.push_back(artifact::rowHash(in, target));
            }
        return out;
    }
    registry::Version version(int number, const TinyModel &m) {
        registry::Version v;
        v.model = QStringLiteral("tiny");
        v.version = number;
        v.user = QStringLiteral("ada");
        v.source = folder.filePath(QStringLiteral("package%1").arg(++made));
        auto digest = writeTinyPackage(v.source, m);
        if (!digest)
            qFatal("%s", qPrintable(digest.error().text()));
        v.digest = *digest;
        return v;
    }
    promotion::Evidence evidence(const registry::Version &candidate, const std::optional<registry::Version> &champion) const {
        promotion::EvidenceInput in;
        in.candidate = candidate;
        in.champion = champion;
        in.alias = QStringLiteral("champion");
        in.requester = QStringLiteral("ben");
        in.loadScorer = loadTinyScorer;
        in.bootstrapRounds = 200;
        auto out = promotion::computeEvidence(in);
        if (!out)
            qFatal("%s", qPrintable(out.error().text()));
        return *out;
    }
};

inline promotion::GateState gate(const promotion::Evidence &e, const char *begins) {
    for (const promotion::GateResult &g : e.gates)
        if (g.rule.startsWith(QLatin1String(begins)))
            return g.state;
    qFatal("no gate begins with %s", begins);
}

inline const promotion::MetricComparison &metric(const promotion::Evidence &e, const char *name) {
    for (const auto &m : e.metrics)
        if (m.metric == QLatin1String(name))
            return m;
    qFatal("no metric %s", name);
}

} // namespace pilothouse::test
