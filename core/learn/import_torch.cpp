// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/learn/import_torch.h"

#include "core/base/file.h"
#include "core/base/json.h"
#include "core/learn/torch_loader.h"

#include <QTemporaryDir>

namespace pilothouse::learn {

using Q = QLatin1String;

Result<std::unique_ptr<FittedModel>> importTorchScript(const QByteArray &bytes, const artifact::Signature &signature, const QString &answers, const QStringList &series) {
    PH_ASSIGN(TorchModule *const module, torchModule());
    const QTemporaryDir folder;
    if (!folder.isValid())
        return fileError(QStringLiteral("make"), folder.path());
    QJsonObject card{{Q("format"), Q(scriptFormat)}, {Q("inputs"), qint64(signature.inputs.size())}, {Q("answers"), answers}};
    if (const std::size_t horizon = signature.horizon(); horizon > 0)
        card.insert(Q("forecast"), QJsonObject{{Q("window"), qint64(signature.window())}, {Q("horizon"), qint64(horizon)}, {Q("series"), QJsonArray::fromStringList(series)},
                                               {Q("targets"), QJsonArray::fromStringList(signature.targets())}});
    PH_TRY(writeFileAtomically(folder.filePath(QStringLiteral("model.pt")), bytes));
    PH_TRY(writeFileAtomically(folder.filePath(Q(scriptCardFile)), prettyJson(card)));
    return module->loadModel(folder.path(), signature);
}

bool looksLikeTorchScript(const QByteArray &bytes) { return bytes.startsWith("PK\x03\x04") && bytes.contains("/code/") && bytes.contains("constants.pkl"); }

Error noTorchScript(const QString &file) {
    return invalid(QStringLiteral("This is a ZIP archive, but no TorchScript: torch.save writes pickled Python objects, which are not loaded."), file, QStringLiteral("Save it in Python by torch.jit.script(model).save(\"model.pt\")."));
}

} // namespace pilothouse::learn
