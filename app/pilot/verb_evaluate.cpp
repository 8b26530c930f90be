// SPDX-License-Identifier: GPL-3.0-or-later
// pilot evaluate MODEL --data FILE [--against MODEL]: metrics on rows that the model was not trained on, computed now.
//   --json {"model","package","data","rows","excluded","metrics":{…},"against":null|{"model","package","metrics","changes":[{"metric",
//          "against","model","change","low","high"}],"test":{"name","loss","p","mean_difference"},"sentence"},"notes":[…]}
#include "app/pilot/model_ref.h"

#include "core/artifact/package.h"
#include "core/learn/evaluation.h"

#include <QFileInfo>

#include <memory>
#include <optional>

namespace pilothouse {

namespace {

using Q = QLatin1String;

struct Options {
    std::string model, data, against;
};

QString tableText(const learn::Evaluation &e) {
    QString text = QStringLiteral("%1 rows, %2 training rows left out\n").arg(e.rows).arg(e.excluded);
    for (const QString &name : metrics::metricNames(0) + metrics::metricNames(2) + metrics::metricNames(3)) {
        if (!e.values.contains(name) || text.contains(QStringLiteral("\n  %1 ").arg(name)))
            continue;
        text += QStringLiteral("  %1 %2").arg(name, -20).arg(e.values.value(name), 12, 'g', 6);
        for (const metrics::PairedInterval &c : e.changes)
            if (c.metric == name)
                text += QStringLiteral("  against %1  change %2 (%3 … %4)").arg(c.a, 0, 'g', 6).arg(c.change, 0, 'g', 4).arg(c.low, 0, 'g', 4).arg(c.high, 0, 'g', 4);
        text += QLatin1Char('\n');
    }
    return text + e.sentence;
}

Result<void> evaluate(Context &context, const Options &options) {
    PH_ASSIGN(const ModelRef ref, resolveModel(context, QString::fromStdString(options.model)));
    PH_ASSIGN(const artifact::Package package, artifact::openPackage(ref.folder));
    std::optional<ModelRef> otherRef;
    std::optional<artifact::Package> other;
    if (!options.against.empty()) {
        PH_ASSIGN(otherRef, resolveModel(context, QString::fromStdString(options.against)));
        PH_ASSIGN(other, artifact::openPackage(otherRef->folder));
    }
    const QString data = QFileInfo(QString::fromStdString(options.data)).absoluteFilePath();
    PH_ASSIGN(const learn::Evaluation e, learn::evaluatePackage(package, data, other ? &*other : nullptr, context.stop()));
    for (const QString &note : e.notes)
        context.note(note);
    QJsonObject object = e.toJson();
    object.insert(Q("model"), ref.label());
    object.insert(Q("package"), package.folder);
    object.insert(Q("data"), data);
    if (other) {
        QJsonObject against = object.value(Q("against")).toObject();
        against.insert(Q("model"), otherRef->label());
        against.insert(Q("package"), other->folder);
        object.insert(Q("against"), against);
    }
    context.answer(object, tableText(e).trimmed());
    return {};
}

const Verb verb("evaluate", "Judge a model on a file, alone or against another", [](CLI::App &app, VerbBody &body) {
    auto options = std::make_shared<Options>();
    app.add_option("model", options->model, "Package folder, NAME@ALIAS or NAME/VERSION")->required();
    app.add_option("--data", options->data, "CSV file with inputs and true values")->required();
    app.add_option("--against", options->against, "A second model, judged on the same rows");
    app.callback([options, &body] { body = [options](Context &context) { return evaluate(context, *options); }; });
});

} // namespace
} // namespace pilothouse
