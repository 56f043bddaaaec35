"""All ways to mount the IMU; runs on CPython and on MicroPython."""

from clip_firmware.mounting import DEFAULT, ONE, Mounting

AXES = ("x", "y", "z")


def every_text():
    for a in AXES:
        for b in AXES:
            for c in AXES:
                for signs in range(8):
                    marks = ["-" if signs >> i & 1 else "+" for i in range(3)]
                    yield marks[0] + a + marks[1] + b + marks[2] + c


def mounted(text):
    try:
        return Mounting(text)
    except ValueError:
        return None


def to_clip(mounting, chip):
    return [mounting.sign[i] * chip[mounting.source[i]] for i in range(3)]


def turned(quaternion, v):
    w, x, y, z = [part / ONE for part in quaternion]
    tx, ty, tz = 2 * (y * v[2] - z * v[1]), 2 * (z * v[0] - x * v[2]), 2 * (x * v[1] - y * v[0])
    return (
        v[0] + w * tx + y * tz - z * ty,
        v[1] + w * ty + z * tx - x * tz,
        v[2] + w * tz + x * ty - y * tx,
    )


def check_there_are_24_of_them():
    assert len([text for text in every_text() if mounted(text)]) == 24


def check_the_default_is_the_breakout_flat_with_components_away_from_the_wearer():
    # Its y points up the spine, its z out of the back, its x to the wearer's right.
    mounting = Mounting(DEFAULT)
    assert to_clip(mounting, (0, 1, 0)) == [0, 0, 1]
    assert to_clip(mounting, (0, 0, 1)) == [-1, 0, 0]
    assert to_clip(mounting, (1, 0, 0)) == [0, -1, 0]


def check_both_forms_are_the_same_rotation():
    chip = (1.0, 2.0, 3.0)
    for text in every_text():
        mounting = mounted(text)
        if mounting:
            back = turned(mounting.quaternion, to_clip(mounting, chip))
            # 1 / 16384 is the quaternion's resolution.
            assert max([abs(back[i] - chip[i]) for i in range(3)]) < 1e-3, text


def check_a_mirror_image_is_refused():
    assert mounted("-x+y+z") is None
    assert mounted("+y+x+z") is None


def check_what_names_no_axes_is_refused():
    for text in ("", "+x+y", "+x+x+z", "xyz", "+x+y+w", "*x+y+z", "+x+y+z+"):
        assert mounted(text) is None, text


if __name__ == "__main__":
    names = [name for name in sorted(globals()) if name.startswith("check_")]
    for name in names:
        globals()[name]()
    print(len(names), "checks hold")
