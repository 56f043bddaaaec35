"""Whom the clip remembers, and who cannot make it forget; runs on CPython and on MicroPython."""

from clip_firmware import bonds as bonds_module
from clip_firmware.bonds import MOST_BONDS, OUR_IDENTITY, OUR_KEYS, PEER_KEYS, Bonds

ANN, BEN = b"\x00address", b"\x01another"


class Drawer:
    """Keeps small files in memory, and can be full."""

    def __init__(self) -> None:
        self.bodies = {}
        self.writes = 0
        self.full = False

    def load(self, name: str, version: int) -> bytes | None:
        return self.bodies.get((name, version))

    def save(self, name: str, version: int, body: bytes) -> bool:
        if self.full:
            return False
        self.bodies[name, version] = body
        self.writes += 1
        return True


def bond(bonds: Bonds, peer: bytes, secret: bytes = b"secret") -> bool:
    """Pair as the stack does: both halves, then the link goes on."""
    return bonds.set(OUR_KEYS, peer, secret) and bonds.set(PEER_KEYS, peer, secret)


def bonded(*peers: bytes) -> Bonds:
    bonds = Bonds(Drawer())
    bonds.open_window()
    for peer in peers:
        assert bond(bonds, peer)
        bonds.link_ended()
    bonds.close_window()
    return bonds


def check_a_new_clip_knows_nobody():
    bonds = Bonds(Drawer())
    assert (bonds.count, bonds.window_open, bonds.proven) == (0, False, False)
    assert bonds.get(OUR_KEYS, 0, ANN) is None
    assert bonds.get(PEER_KEYS, 0, None) is None


def check_a_bond_is_made_while_the_window_is_open():
    bonds = bonded(ANN)
    assert bonds.count == 1
    assert bonds.get(OUR_KEYS, 0, ANN) == b"secret"
    assert bonds.get(PEER_KEYS, 0, ANN) == b"secret"


def check_no_bond_is_made_while_it_is_shut():
    bonds = bonded(ANN)
    assert not bond(bonds, BEN)
    assert not bonds.set(PEER_KEYS, BEN, b"secret")
    assert not bonds.set(OUR_KEYS, ANN, b"stolen")
    assert (bonds.count, bonds.get(OUR_KEYS, 0, ANN)) == (1, b"secret")


def check_the_window_may_shut_between_the_halves_of_a_bond():
    bonds = Bonds(Drawer())
    bonds.open_window()
    assert bonds.set(OUR_KEYS, ANN, b"secret")
    bonds.close_window()
    assert not bonds.set(OUR_KEYS, BEN, b"secret")
    assert bonds.set(PEER_KEYS, ANN, b"secret")
    bonds.link_ended()
    assert not bonds.set(PEER_KEYS, ANN, b"other")


def check_a_new_bond_shuts_the_window_once_it_is_used():
    bonds = Bonds(Drawer())
    bonds.open_window()
    assert bond(bonds, ANN)
    assert bonds.window_open
    bonds.used()
    assert not bonds.window_open
    bonds.link_ended()
    assert not bond(bonds, BEN)


def check_an_old_bond_or_one_that_was_never_used_leaves_the_window_open():
    bonds = bonded(ANN)
    bonds.open_window()
    bonds.get(OUR_KEYS, 0, ANN)
    bonds.used()
    bonds.link_ended()
    bond(bonds, BEN)
    bonds.link_ended()
    bonds.get(OUR_KEYS, 0, ANN)
    bonds.used()
    assert bonds.window_open


def check_the_clips_own_identity_needs_no_window_and_is_no_bond():
    bonds = Bonds(Drawer())
    assert bonds.set(OUR_IDENTITY, b"irk", bytes(16))
    assert bonds.get(OUR_IDENTITY, 0, b"irk") == bytes(16)
    assert (bonds.count, bonds.proven) == (0, False)


def check_secrets_of_other_kinds_and_sizes_are_refused():
    bonds = bonded()
    bonds.open_window()
    assert not bonds.set(3, ANN, b"cccd")
    assert not bonds.set(OUR_KEYS, b"", b"secret")
    assert not bonds.set(OUR_KEYS, bytes(33), b"secret")
    assert not bonds.set(OUR_KEYS, ANN, bytes(769))
    assert bonds.set(OUR_KEYS, bytes(32), bytes(768))


def check_what_the_stack_hands_over_is_copied():
    key, value = bytearray(ANN), bytearray(b"secret")
    bonds = Bonds(Drawer())
    bonds.open_window()
    bonds.set(OUR_KEYS, memoryview(key), memoryview(value))
    for i in range(6):
        key[i] = value[i] = 0xEE
    assert bonds.get(OUR_KEYS, 0, memoryview(ANN)) == b"secret"


def check_without_a_key_secrets_are_counted_through():
    bonds = bonded(ANN, BEN)
    bonds.open_window()
    bonds.set(PEER_KEYS, BEN, b"newer")
    assert bonds.get(PEER_KEYS, 0, None) == b"secret"
    assert bonds.get(PEER_KEYS, 1, None) == b"newer"
    assert bonds.get(PEER_KEYS, 2, None) is None


def check_a_deleted_bond_is_gone_for_this_link_and_back_for_the_next():
    bonds = bonded(ANN)
    assert bonds.set(OUR_KEYS, ANN, None)
    assert bonds.get(OUR_KEYS, 0, ANN) is None
    assert bonds.get(OUR_KEYS, 0, None) is None
    bonds.link_ended()
    assert bonds.get(OUR_KEYS, 0, ANN) == b"secret"


def check_deleting_succeeds_only_once():
    bonds = bonded(ANN)
    assert bonds.set(OUR_KEYS, ANN, None)
    assert not bonds.set(OUR_KEYS, ANN, None)
    assert not bonds.set(OUR_KEYS, BEN, None)


def check_a_new_bond_takes_the_place_of_the_deleted_one():
    bonds = bonded(ANN)
    bonds.open_window()
    bonds.set(OUR_KEYS, ANN, None)
    bonds.set(PEER_KEYS, ANN, None)
    assert bond(bonds, ANN, b"new")
    assert bonds.get(OUR_KEYS, 0, ANN) == b"new"
    bonds.link_ended()
    assert (bonds.count, bonds.get(OUR_KEYS, 0, ANN)) == (1, b"new")


def check_a_peer_that_encrypts_with_its_bond_has_proven_itself():
    bonds = bonded(ANN)
    assert not bonds.proven
    bonds.get(OUR_KEYS, 0, ANN)
    assert bonds.proven
    bonds.link_ended()
    assert not bonds.proven


def check_a_peer_without_a_bond_has_not():
    bonds = bonded(ANN)
    bonds.get(OUR_KEYS, 0, ANN)
    bonds.get(OUR_KEYS, 0, BEN)
    assert not bonds.proven


def check_reading_a_protected_value_proves_nothing():
    bonds = bonded(ANN)
    bonds.get(PEER_KEYS, 0, ANN)
    assert not bonds.proven


def check_who_pairs_anew_must_be_accepted_anew():
    bonds = bonded(ANN)
    bonds.get(OUR_KEYS, 0, ANN)
    bonds.get(PEER_KEYS, 0, ANN)
    assert not bonds.proven
    bonds.get(OUR_KEYS, 0, ANN)
    bonds.set(OUR_KEYS, ANN, None)
    assert not bonds.proven
    bond(bonds, ANN)
    assert not bonds.proven
    bonds.open_window()
    bond(bonds, ANN)
    assert bonds.proven


def check_the_stacks_own_questions_prove_nothing_and_take_nothing_away():
    bonds = bonded(ANN)
    bonds.get(PEER_KEYS, 0, None)
    bonds.get(OUR_IDENTITY, 0, b"irk")
    assert not bonds.proven
    bonds.get(OUR_KEYS, 0, ANN)
    bonds.get(PEER_KEYS, 0, None)
    bonds.set(OUR_IDENTITY, b"irk", bytes(16))
    bonds.get(OUR_IDENTITY, 0, b"irk")
    assert bonds.proven


def check_the_oldest_bond_makes_room():
    peers = [bytes((i,)) for i in range(MOST_BONDS + 1)]
    bonds = bonded(*peers)
    assert bonds.count == MOST_BONDS
    assert bonds.get(OUR_KEYS, 0, peers[0]) is None
    assert bonds.get(PEER_KEYS, 0, peers[0]) is None
    assert bonds.get(OUR_KEYS, 0, peers[1]) == b"secret"


def check_pairing_again_makes_a_bond_the_newest():
    peers = [bytes((i,)) for i in range(MOST_BONDS)]
    bonds = bonded(*peers)
    bonds.open_window()
    bond(bonds, peers[0])
    bond(bonds, BEN)
    assert bonds.get(OUR_KEYS, 0, peers[0]) == b"secret"
    assert bonds.get(OUR_KEYS, 0, peers[1]) is None


def check_the_identity_does_not_make_room():
    bonds = Bonds(Drawer())
    bonds.set(OUR_IDENTITY, b"irk", bytes(16))
    bonds.open_window()
    for i in range(MOST_BONDS + 1):
        bond(bonds, bytes((i,)))
    assert bonds.get(OUR_IDENTITY, 0, b"irk") == bytes(16)


def check_bonds_outlive_the_power():
    drawer = Drawer()
    bonds = Bonds(drawer)
    bonds.set(OUR_IDENTITY, b"irk", bytes(16))
    bonds.open_window()
    bond(bonds, ANN, bytes(768))
    assert bonds.flush()
    again = Bonds(drawer)
    assert (again.count, again.window_open) == (1, False)
    assert again.get(PEER_KEYS, 0, ANN) == bytes(768)
    assert again.get(OUR_IDENTITY, 0, b"irk") == bytes(16)


def check_what_is_hidden_is_kept_in_flash():
    drawer = Drawer()
    bonds = Bonds(drawer)
    bonds.open_window()
    bond(bonds, ANN)
    bonds.set(OUR_KEYS, ANN, None)
    bonds.flush()
    assert Bonds(drawer).get(OUR_KEYS, 0, ANN) == b"secret"


def check_flash_is_written_only_after_a_change():
    drawer = Drawer()
    bonds = Bonds(drawer)
    assert bonds.flush()
    assert drawer.writes == 0
    bonds.open_window()
    bond(bonds, ANN)
    assert bonds.flush()
    assert bonds.flush()
    bonds.set(OUR_KEYS, ANN, None)
    assert bonds.flush()
    assert drawer.writes == 1


def check_a_full_flash_is_tried_again():
    drawer = Drawer()
    bonds = Bonds(drawer)
    bonds.open_window()
    bond(bonds, ANN)
    drawer.full = True
    assert not bonds.flush()
    assert not bonds.flush()
    drawer.full = False
    assert bonds.flush()
    assert Bonds(drawer).count == 1


def check_a_bond_made_while_flash_is_written_is_written_next():
    class Slow(Drawer):
        def save(self, name: str, version: int, body: bytes) -> bool:
            if not self.writes:
                bond(bonds, BEN)
            return Drawer.save(self, name, version, body)

    drawer = Slow()
    bonds = Bonds(drawer)
    bonds.open_window()
    bond(bonds, ANN)
    assert not bonds.flush()
    assert bonds.flush()
    assert Bonds(drawer).count == 2


def check_eight_of_the_largest_bonds_fit_a_small_file():
    drawer = Drawer()
    bonds = Bonds(drawer)
    bonds.set(OUR_IDENTITY, b"irk", bytes(16))
    bonds.open_window()
    for i in range(MOST_BONDS):
        bond(bonds, bytes(31) + bytes((i,)), bytes(768))
    bonds.flush()
    assert max([len(body) for body in drawer.bodies.values()]) < 16000


def check_forgotten_is_forgotten_in_flash_too():
    drawer = Drawer()
    bonds = Bonds(drawer)
    bonds.open_window()
    bond(bonds, ANN)
    bonds.flush()
    bonds.set(OUR_KEYS, ANN, None)
    bonds.forget_all()
    bonds.link_ended()
    assert (bonds.count, bonds.proven) == (0, False)
    assert bonds.get(OUR_KEYS, 0, ANN) is None
    assert bonds.flush()
    assert Bonds(drawer).count == 0


def check_who_is_forgotten_while_linked_has_proven_nothing_and_must_pair_anew():
    bonds = Bonds(Drawer())
    bonds.open_window()
    bond(bonds, ANN)
    bonds.close_window()
    bonds.set(OUR_KEYS, BEN, None)
    bonds.get(OUR_KEYS, 0, ANN)
    bonds.forget_all()
    assert not bonds.proven
    assert not bond(bonds, ANN)


def check_a_file_of_any_length_is_read_as_far_as_it_goes():
    drawer = Drawer()
    bonds = Bonds(drawer)
    bonds.open_window()
    bond(bonds, ANN)
    bonds.flush()
    ((name, version),) = drawer.bodies
    whole = drawer.bodies[name, version]
    counts = []
    for size in range(len(whole) + 1):
        drawer.bodies[name, version] = whole[:size]
        counts.append(Bonds(drawer).count)
    assert counts == [0] * (len(whole) // 2) + [1] * (len(whole) - len(whole) // 2 + 1)


def check_the_listener_hears_of_the_window_and_of_forgetting():
    bonds = bonded(ANN)
    heard = []
    bonds.listen(lambda: heard.append((bonds.window_open, bonds.count)))
    bonds.open_window()
    bonds.close_window()
    bonds.forget_all()
    assert heard == [(True, 1), (False, 1), (False, 0)]


def check_types_of_secrets_are_nimbles():
    # BLE_STORE_OBJ_TYPE_OUR_SEC, ..._PEER_SEC (ble_store.h), SECRET_TYPE_OUR_IRK (MicroPython).
    assert (OUR_KEYS, PEER_KEYS, OUR_IDENTITY) == (1, 2, 10)
    assert bonds_module.MOST_BONDS == 8


if __name__ == "__main__":
    names = [name for name in sorted(globals()) if name.startswith("check_")]
    for name in names:
        globals()[name]()
    print(len(names), "checks hold")
