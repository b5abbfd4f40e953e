"""Why a turn ended as it did, read from its recorded history."""
