// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/registry/local_registry.h"
#include "tests/contract/registry/registry_contract_impl.h"
#include "moc_registry_contract.cpp" // AUTOMOC reads this file only

int main(int argc, char **argv) {
    QCoreApplication application(argc, argv);
    QTemporaryDir folder;
    int made = 0;
    RegistryContract contract([&]() -> std::shared_ptr<Registry> {
        const QString root = folder.filePath(QStringLiteral("registry%1").arg(++made));
        auto database = Database::open(root + QStringLiteral("/registry.db"), {registryTables1()});
        auto registry = openLocalRegistry(*database, root + QStringLiteral("/artifacts"));
        return registry ? *registry : nullptr;
    });
    return QTest::qExec(&contract, argc, argv);
}
