// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/learn/inspect_model.h"

#include "core/artifact/pickle_facts.h"
#include "core/base/file.h"
#include "core/base/harmless_text.h"
#include "core/base/hash.h"
#include "core/learn/import_forecast.h"
#include "core/learn/import_torch.h"
#include "core/learn/import_xgboost.h"
#include "core/learn/torch_loader.h"

#include <QFile>
#include <QFileInfo>
#include <QJsonArray>

namespace pilothouse::learn {

namespace {

using Q = QLatin1String;

QJsonArray list(const std::vector<QString> &texts) {
    QJsonArray out;
    for (const QString &text : texts)
        out.append(text);
    return out;
}

QString joined(const QJsonValue &texts) {
    QStringList out;
    for (const QJsonValue &text : texts.toArray())
        out << text.toString();
    return out.join(QStringLiteral(", "));
}

/// Lines of what is said, by the keys of the object; how it is used at last.
QString textOf(const QJsonObject &object, const std::vector<std::pair<const char *, const char *>> &lines) {
    QString out = QStringLiteral("%1\n  %2 bytes, SHA-256 %3\n  made by %4\n").arg(object.value(Q("file")).toString(), QString::number(object.value(Q("bytes")).toInteger()), object.value(Q("sha256")).toString(), object.value(Q("made_by")).toString());
    for (const auto &[key, words] : lines) {
        const QJsonValue value = object.value(Q(key));
        const QString text = value.isArray() ? joined(value) : value.toVariant().toString();
        if (!text.isEmpty() && text != Q("0"))
            out += QStringLiteral("  %1 %2\n").arg(Q(words), text);
    }
    return harmlessText(out + QStringLiteral("It is imported by “pilot registry import FILE --model NAME --rows ROWS.csv --expected COLUMN”, which scores rows anew."));
}

ModelFacts ofTrees(QJsonObject object, const ImportedTrees &trees) {
    object.insert(Q("kind"), Q("xgboost"));
    object.insert(Q("made_by"), QStringLiteral("xgboost ") + trees.version);
    object.insert(Q("task"), trees.classes ? Q("classification") : Q("regression"));
    object.insert(Q("objective"), trees.objective);
    object.insert(Q("classes"), qint64(trees.classes));
    object.insert(Q("inputs"), list(trees.names));
    object.insert(Q("width"), qint64(trees.ensemble.width()));
    object.insert(Q("rounds"), qint64(trees.ensemble.rounds()));
    object.insert(Q("trees"), qint64(trees.ensemble.trees().size()));
    object.insert(Q("notes"), QJsonArray::fromStringList(trees.notes));
    return {object, textOf(object, {{"task", "task"}, {"objective", "objective"}, {"classes", "classes"}, {"width", "inputs"}, {"inputs", "they are"}, {"rounds", "rounds"}, {"trees", "trees"}, {"notes", "note:"}})};
}

/// The card of our own exports, in the words of the object.
void takeCard(QJsonObject &object, const QJsonObject &card) {
    for (const char *key : {"task", "inputs", "classes", "step"})
        if (card.contains(Q(key)))
            object.insert(Q(key), card.value(Q(key)));
    const artifact::Signature signature = cardSignature(card);
    if (card.value(Q("task")).toString() != workspace::taskName(workspace::TaskKind::Forecast) || signature.outputs.empty())
        return;
    object.insert(Q("window"), qint64(signature.window()));
    object.insert(Q("horizon"), qint64(signature.horizon()));
    object.insert(Q("series"), QJsonArray::fromStringList(signature.series()));
    object.insert(Q("targets"), QJsonArray::fromStringList(signature.targets()));
}

Result<ModelFacts> ofScript(QJsonObject object, const QByteArray &bytes, const QString &file) {
    PH_ASSIGN(TorchModule *const module, torchModule());
    PH_ASSIGN(const QJsonObject facts, module->scriptFacts(bytes, file));
    const QJsonObject card = facts.value(Q("card")).toObject();
    object.insert(Q("kind"), Q("torchscript"));
    object.insert(Q("made_by"), card.isEmpty() ? QStringLiteral("PyTorch (TorchScript)") : QStringLiteral("Pilothouse (TorchScript)"));
    object.insert(Q("parameters"), facts.value(Q("parameters")));
    object.insert(Q("dtype"), facts.value(Q("dtype")));
    if (!card.isEmpty())
        takeCard(object, card);
    return ModelFacts{object, textOf(object, {{"task", "task"}, {"parameters", "parameters"}, {"dtype", "it takes"}, {"window", "window"}, {"horizon", "horizon"}, {"step", "step"}, {"series", "series"}, {"targets", "targets"},
                                              {"classes", "classes"}})};
}

} // namespace

Result<ModelFacts> inspectModelFile(const QString &file) {
    QFile in(file);
    if (!QFileInfo(file).isFile() || !in.open(QIODevice::ReadOnly))
        return notFound(QStringLiteral("There is no file here that can be read."), file);
    const QByteArray head = in.read(4);
    if (!head.startsWith('{') && !head.startsWith("PK\x03\x04")) {
        PH_ASSIGN(const artifact::PickleFacts facts, artifact::pickleFacts(file));
        QJsonObject object = facts.toJson();
        object.insert(Q("kind"), Q("pickle"));
        return ModelFacts{object, facts.text()};
    }
    PH_ASSIGN(const QByteArray bytes, readFile(file));
    const QJsonObject object{{Q("file"), file}, {Q("sha256"), sha256Hex(bytes)}, {Q("bytes"), qint64(bytes.size())}};
    if (looksLikeTorchScript(bytes))
        return ofScript(object, bytes, file);
    if (head.startsWith("PK"))
        return noTorchScript(file);
    PH_ASSIGN(const ImportedTrees trees, importXgboost(bytes, file, ImportRounds::All));
    return ofTrees(object, trees);
}

} // namespace pilothouse::learn
