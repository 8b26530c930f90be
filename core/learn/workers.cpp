// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/learn/workers.h"

#include "core/learn/torch_loader.h"

namespace pilothouse::learn {

namespace {

Error missing(const char *name, const char *count) {
    return invalid(QStringLiteral("%1 says that several processes train together, but %2 is not set.").arg(QLatin1String(count), QLatin1String(name)), QLatin1String(name),
                   QStringLiteral("A PyTorchJob sets MASTER_ADDR, MASTER_PORT, RANK and WORLD_SIZE; unset %1 to train alone.").arg(QLatin1String(count)));
}

Result<int> number(const char *name, const char *count, int least, int most) {
    bool whole = false;
    const QByteArray text = qgetenv(name).trimmed();
    if (text.isEmpty())
        return missing(name, count);
    const int value = text.toInt(&whole);
    if (!whole || value < least || value > most)
        return invalid(QStringLiteral("%1 is “%2”; a whole number from %3 to %4 is expected.").arg(QLatin1String(name), QString::fromUtf8(text.left(40))).arg(least).arg(most), QLatin1String(name));
    return value;
}

} // namespace

Result<std::optional<WorkerPlace>> workerPlace() {
    struct Names {
        const char *count, *rank, *address, *port;
    };
    for (const Names &names : {Names{"WORLD_SIZE", "RANK", "MASTER_ADDR", "MASTER_PORT"}, Names{"PET_NNODES", "PET_NODE_RANK", "PET_MASTER_ADDR", "PET_MASTER_PORT"}}) {
        if (qgetenv(names.count).trimmed().isEmpty())
            continue;
        WorkerPlace place;
        PH_ASSIGN(place.count, number(names.count, names.count, 1, 4096));
        if (place.count == 1)
            return std::optional<WorkerPlace>();
        PH_ASSIGN(place.rank, number(names.rank, names.count, 0, place.count - 1));
        PH_ASSIGN(place.port, number(names.port, names.count, 1, 65535));
        place.address = QString::fromUtf8(qgetenv(names.address)).trimmed();
        if (place.address.isEmpty())
            return missing(names.address, names.count);
        return std::optional<WorkerPlace>(place);
    }
    return std::optional<WorkerPlace>();
}

Result<std::shared_ptr<Workers>> joinWorkers(const WorkerPlace &place, int seconds) {
    PH_ASSIGN(const TorchModule *module, torchModule());
    return module->joinWorkers(place, seconds);
}

} // namespace pilothouse::learn
