// SPDX-License-Identifier: GPL-3.0-or-later
// pilot score MODEL --data FILE --out FILE: predictions of every row as a CSV file.
//   FILE written: row (0-based, after `where`) or time (forecast), then the outputs; classification: prediction and probability_CLASS.
//   --json {"model","package","digest","rows","out","notes":[…]}
#include "app/pilot/model_ref.h"

#include "core/artifact/package.h"
#include "core/base/file.h"
#include "core/learn/load_scorer.h"
#include "core/learn/samples.h"

#include <QDateTime>
#include <QFileInfo>
#include <QJsonArray>

#include <charconv>
#include <memory>

namespace pilothouse {

namespace {

using Q = QLatin1String;

struct Options {
    std::string model, data, out;
};

QByteArray number(double value) {
    char text[32];
    const auto end = std::to_chars(text, text + sizeof text, value).ptr;
    return QByteArray(text, end - text);
}

QByteArray field(const QString &text) {
    QByteArray bytes = text.toUtf8();
    if (bytes.contains(',') || bytes.contains('"') || bytes.contains('\n') || bytes.contains('\r'))
        bytes = '"' + bytes.replace("\"", "\"\"") + '"';
    return bytes;
}

QByteArray header(const artifact::Signature &signature) {
    QByteArray line = signature.task == workspace::TaskKind::Forecast ? "time" : "row";
    if (signature.classes.empty()) {
        for (const QString &output : signature.outputs)
            line += ',' + field(signature.outputs.size() == 1 && signature.task == workspace::TaskKind::Regression ? QStringLiteral("prediction") : output);
        return line + '\n';
    }
    line += ",prediction";
    for (const std::string &name : signature.classes)
        line += ',' + field(QStringLiteral("probability_") + QString::fromStdString(name));
    return line + '\n';
}

QByteArray csv(const artifact::Signature &signature, const learn::ScoringRows &rows, const artifact::Predictions &p) {
    QByteArray out = header(signature);
    for (std::size_t i = 0; i < p.count; ++i) {
        out += rows.origins.empty() ? QByteArray::number(qulonglong(rows.tableRows[i]))
                                    : QDateTime::fromMSecsSinceEpoch(rows.origins[i], Qt::UTC).toString(Qt::ISODate).toLatin1();
        if (p.classes) {
            out += ',' + field(QString::fromStdString(signature.classes[std::size_t(p.values[i])]));
            for (std::size_t c = 0; c < p.classes; ++c)
                out += ',' + number(p.probabilities[i * p.classes + c]);
        } else {
            for (std::size_t o = 0; o < p.outputs; ++o)
                out += ',' + number(p.values[i * p.outputs + o]);
        }
        out += '\n';
    }
    return out;
}

Result<void> score(Context &context, const Options &options) {
    PH_ASSIGN(const ModelRef ref, resolveModel(context, QString::fromStdString(options.model)));
    PH_ASSIGN(const artifact::Package package, artifact::openPackage(ref.folder));
    PH_ASSIGN(const artifact::ScorerPtr scorer, learn::loadScorer(package));
    PH_ASSIGN(const learn::ScoringRows rows, learn::scoringRows(package, QFileInfo(QString::fromStdString(options.data)).absoluteFilePath(), context.stop()));
    for (const QString &note : rows.notes)
        context.note(note);
    if (rows.inputs.count == 0)
        return invalid(QStringLiteral("The file holds no row that the model can score."), QString::fromStdString(options.data));
    PH_ASSIGN(const artifact::Predictions predictions, scorer->score(rows.inputs));
    const QString out = QFileInfo(QString::fromStdString(options.out)).absoluteFilePath();
    PH_TRY(writeFileAtomically(out, csv(package.signature, rows, predictions)));
    context.answer({{Q("model"), ref.label()}, {Q("package"), package.folder}, {Q("digest"), package.digest}, {Q("rows"), qint64(rows.inputs.count)}, {Q("out"), out},
                    {Q("notes"), QJsonArray::fromStringList(rows.notes)}},
                   QStringLiteral("%1 rows scored by %2 into %3").arg(rows.inputs.count).arg(ref.label(), out));
    return {};
}

const Verb verb("score", "Predict every row of a file", [](CLI::App &app, VerbBody &body) {
    auto options = std::make_shared<Options>();
    app.add_option("model", options->model, "Package folder, NAME@ALIAS or NAME/VERSION")->required();
    app.add_option("--data", options->data, "CSV file with the model's inputs")->required();
    app.add_option("--out", options->out, "CSV file to write")->required();
    app.callback([options, &body] { body = [options](Context &context) { return score(context, *options); }; });
});

} // namespace
} // namespace pilothouse
